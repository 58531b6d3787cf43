using System.Globalization;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1.Nodes;

/// <summary>Names the values of a v1 text by their place in it; walks the text anew for each, as only faults ask.</summary>
internal static class V1Paths
{
    /// <summary>Faults of one text that are worth a walk; who has more knows the file by then.</summary>
    public const int MostFaults = 100;

    /// <summary>The path of the outermost value at a position, as in <c>listeners[0].filters[0].config</c>; null when there is none.</summary>
    public static string? Find(ConfigNode root, FaultPosition position) => Find(root, position, "");

    /// <summary>The name that stands beside the <c>config</c> at a position; null when there is none.</summary>
    public static string? NameAt(ConfigNode root, FaultPosition position)
    {
        if (root.Get("config")?.Position == position)
        {
            return root.Get("name")?.Text;
        }

        foreach (var inner in root.Items.Concat(root.Entries.Select(static entry => entry.Value)))
        {
            if (NameAt(inner, position) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The path with one key more.</summary>
    public static string With(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string? Find(ConfigNode node, FaultPosition position, string path)
    {
        if (node.Position == position)
        {
            return path;
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            if (Find(node.Items[i], position, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")) is { } found)
            {
                return found;
            }
        }

        foreach (var entry in node.Entries)
        {
            var inner = With(path, entry.Name);
            if ((entry.Position == position ? inner : Find(entry.Value, position, inner)) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
