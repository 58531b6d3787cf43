using System.Net;

namespace Proxy.Discovery.Dns;

/// <summary>Names and addresses of a hosts file (<c>/etc/hosts</c>), read again when the file has changed.</summary>
/// <remarks>Used from one thread at a time: that of main.</remarks>
internal sealed class HostsFile
{
    private readonly string _path;
    private Dictionary<string, List<IPAddress>> _names = [];
    private DateTime _read;

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
        Refresh();
        if (_names.TryGetValue(name.TrimEnd('.'), out var addresses))
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

    private void Refresh()
    {
        try
        {
            var changed = File.GetLastWriteTimeUtc(_path);
            if (changed != _read)
            {
                _names = Parse(File.ReadAllText(_path));
                _read = changed;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system without a readable hosts file resolves by DNS alone; what was read before stays.
        }
    }
}
