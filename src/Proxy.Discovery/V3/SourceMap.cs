using System.Globalization;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V3;

/// <summary>Finds the line and column of a place in the text that a message was read from.</summary>
internal sealed class SourceMap(ConfigNode root)
{
    /// <summary>Of the place, or of the nearest one around it that the text has.</summary>
    public FaultPosition Find(IEnumerable<string> steps)
    {
        var node = root;
        foreach (var step in steps)
        {
            if (Next(node, step) is not { } next)
            {
                break;
            }

            node = next;
        }

        return node.Position;
    }

    /// <summary>The steps of a path's text: fields between dots, indexes and keys in brackets.</summary>
    public static IEnumerable<string> StepsOf(string path) =>
        path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static ConfigNode? Next(ConfigNode node, string step)
    {
        if (!step.StartsWith('['))
        {
            return Field(node, step) ?? (Field(node, "typed_config") is { } packed ? Packed(packed, step) : null);
        }

        var inner = step[1..^1];
        if (node.Kind == NodeKind.List && int.TryParse(inner, CultureInfo.InvariantCulture, out var index))
        {
            return index < node.Items.Count ? node.Items[index] : null;
        }

        // A lone value stands for a list of one.
        return node.Entries.FindLast(e => e.Name == inner).Value ?? (inner == "0" ? node : null);
    }

    // What is the same for both sides of TLS has a message of its own.
    private static ConfigNode? Packed(ConfigNode packed, string step) =>
        Field(packed, step) ?? (Field(packed, "common_tls_context") is { } common ? Field(common, step) : null);

    private static ConfigNode? Field(ConfigNode node, string name) => node.Entries.FindLast(e => IsSameField(e.Name, name)).Value;

    // The text may write stat_prefix or statPrefix.
    private static bool IsSameField(string written, string name) =>
        written == name || string.Equals(written, name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}
