using System.Globalization;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1.Nodes;

/// <summary>Reads values out of a v1 text that was held against the schema.</summary>
internal static class NodeReading
{
    /// <summary>The value of a key; null when it is not given.</summary>
    public static ConfigNode? Get(this ConfigNode node, string key) => node.Entries.FindLast(entry => entry.Name == key).Value;

    /// <summary>The text of a key; empty when it is not given.</summary>
    public static string TextOf(this ConfigNode node, string key) => node.Get(key)?.Text ?? "";

    /// <summary>Whether a bool is given and true.</summary>
    public static bool IsTrue(this ConfigNode node, string key) => node.TextOf(key) == "true";

    /// <summary>The items of a list; none when it is not given.</summary>
    public static List<ConfigNode> ItemsOf(this ConfigNode node, string key) => node.Get(key)?.Items ?? [];

    /// <summary>The number that a value is.</summary>
    public static long ToNumber(this ConfigNode node) => long.Parse(node.Text, CultureInfo.InvariantCulture);

    /// <summary>A word as v3 writes it.</summary>
    public static ConfigNode? Upper(this ConfigNode node, string key) => node.Get(key) is { } word ? word.As(word.Text.ToUpperInvariant()) : null;

    /// <summary>Another text in the place of this one.</summary>
    public static ConfigNode As(this ConfigNode node, string text) => ConfigNode.Scalar(NodeKind.String, node.Position, text);

    /// <summary>A duration in milliseconds as v3 writes it.</summary>
    public static ConfigNode? Milliseconds(this ConfigNode node, string key) => node.Get(key) is { } value ? value.As(Duration(value.ToNumber())) : null;

    /// <summary>A duration in seconds as v3 writes it.</summary>
    public static ConfigNode? Seconds(this ConfigNode node, string key) => node.Get(key) is { } value ? value.As(value.Text + "s") : null;

    private static string Duration(long milliseconds) => (milliseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
}
