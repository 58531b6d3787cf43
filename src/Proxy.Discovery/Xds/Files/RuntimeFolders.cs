using System.Text;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Hosting;

namespace Proxy.Discovery.Xds.Files;

/// <summary>Runtime values in files, as operators lay them out: the path below the folder, with dots for slashes, is the key, the text is the value.</summary>
internal sealed class RuntimeFolders : IRuntimeFolders
{
    private const int MaxDepth = 16;

    public IReadOnlyList<RuntimeValue>? Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var values = new List<RuntimeValue>();
        try
        {
            Walk(folder, "", 1, values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(folder, e.Message);
        }

        return values;
    }

    public IDisposable Watch(string path, Action moved)
    {
        try
        {
            // A path that ends in a slash is a folder, into which anything may be moved; otherwise it is what is moved itself.
            return new FileWatch(path, path.EndsWith('/') ? path : null, moved);
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new ConfigException("", $"{path} cannot be watched: {e.Message}");
        }
    }

    /// <summary>The value that a text stands for: lines that begin with # are comments, and a map with a numerator is a fraction.</summary>
    public static string ValueOf(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#').ToArray();
        var value = string.Join('\n', lines).TrimEnd();
        return FractionOf(value) ?? value;
    }

    private static void Walk(string folder, string prefix, int depth, List<RuntimeValue> values)
    {
        if (depth > MaxDepth)
        {
            throw new ConfigException(folder, $"is more than {MaxDepth} folders deep");
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var key = prefix + Path.GetFileName(path);
            if (Directory.Exists(path))
            {
                Walk(path, key + ".", depth + 1, values);
            }
            else
            {
                values.Add(new RuntimeValue(key, ValueOf(ReadText(path))));
            }
        }
    }

    private static string ReadText(string path)
    {
        if (new FileInfo(path).Length > NodeLimits.MaxBytes)
        {
            throw new ConfigException(path, $"is larger than {NodeLimits.MaxBytes} bytes");
        }

        return Encoding.UTF8.GetString(File.ReadAllBytes(path));
    }

    private static string? FractionOf(string value)
    {
        try
        {
            var node = value.Contains("numerator", StringComparison.Ordinal) ? YamlNodeReader.Read("value", value, new Bootstrap.Faults.FaultList()) : null;
            return node is null ? null : V3.RuntimeTranslator.FractionOf(TextOf(node, "numerator"), TextOf(node, "denominator"));
        }
        catch (NodeSyntaxException)
        {
            return null; // a text like any other
        }
    }

    private static string? TextOf(ConfigNode map, string name) => map.Entries.Find(entry => entry.Name == name).Value?.Text;
}
