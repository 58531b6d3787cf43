using System.Net;

namespace Proxy.Discovery.Dns;

/// <summary>Names and addresses of a hosts file (<c>/etc/hosts</c>), read again when the file has changed.</summary>
/// <remarks>From any thread: proxies of one process share it.</remarks>
internal sealed class HostsFile
{
    private readonly string _path;
    private volatile Contents _contents = new([], default);

    public HostsFile(string path)
    {
        _path = path;
    }

    /// <summary>The file of this system.</summary>
    public static string SystemPath => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts")
        : "/etc/hosts";

    /// <summary>Addresses of <paramref name="name"/>, in the file's order; <c>localhost</c> is loopback even when the file does not say so (RFC 6761, 6.3).</summary>
    public IReadOnlyList<IPAddress> Find(string name)
    {
        if (Read().Names.TryGetValue(name.TrimEnd('.'), out var addresses))
        {
            return addresses;
        }

        return IsLocalhost(name.TrimEnd('.')) ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [];
    }

    public static Dictionary<string, List<IPAddress>> Parse(string text)
    {
        var names = new Dictionary<string, List<IPAddress>>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
            {
                continue;
            }

            foreach (var name in words.AsSpan(1))
            {
                Add(names, name.TrimEnd('.'), address);
            }
        }

        return names;
    }

    private static void Add(Dictionary<string, List<IPAddress>> names, string name, IPAddress address)
    {
        if (!names.TryGetValue(name, out var addresses))
        {
            names[name] = addresses = [];
        }

        if (!addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }

    private static bool IsLocalhost(string name)
    {
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private Contents Read()
    {
        try
        {
            var changed = File.GetLastWriteTimeUtc(_path);
            if (changed != _contents.Changed)
            {
                _contents = new Contents(Parse(File.ReadAllText(_path)), changed);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system without a readable hosts file resolves by DNS alone; what was read before stays.
        }

        return _contents;
    }

    private sealed record Contents(Dictionary<string, List<IPAddress>> Names, DateTime Changed);
}
