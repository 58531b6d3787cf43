using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>A value of a configuration text, of YAML or JSON, that remembers where it stood.</summary>
internal sealed class ConfigNode
{
    private static readonly List<ConfigNode> NoItems = [];
    private static readonly List<ConfigEntry> NoEntries = [];

    private ConfigNode(NodeKind kind, FaultPosition position, string text, List<ConfigNode>? items, List<ConfigEntry>? entries)
    {
        Kind = kind;
        Position = position;
        Text = text;
        Items = items ?? NoItems;
        Entries = entries ?? NoEntries;
    }

    public NodeKind Kind { get; }

    public FaultPosition Position { get; }

    /// <summary>The text of a string or number, <c>true</c> or <c>false</c> of a bool; empty otherwise.</summary>
    public string Text { get; }

    public List<ConfigNode> Items { get; }

    public List<ConfigEntry> Entries { get; }

    public bool IsNull => Kind is NodeKind.Null or NodeKind.Empty;

    public static ConfigNode Scalar(NodeKind kind, FaultPosition position, string text) => new(kind, position, text, null, null);

    public static ConfigNode List(FaultPosition position, List<ConfigNode> items) => new(NodeKind.List, position, "", items, null);

    public static ConfigNode Map(FaultPosition position, List<ConfigEntry> entries) => new(NodeKind.Map, position, "", null, entries);

    /// <summary>The kind that a value is by its place, where the source leaves that open.</summary>
    public ConfigNode As(NodeKind kind) => Kind == NodeKind.Empty ? new(kind, Position, "", null, null) : this;

    /// <summary>What the node is, in the words of a person who writes such files.</summary>
    public string Describe() => Kind switch
    {
        NodeKind.Null or NodeKind.Empty => "null",
        NodeKind.Bool => Text,
        NodeKind.Number => Text,
        NodeKind.String => $"\"{(Text.Length <= 60 ? Text : Text[..57] + "...")}\"",
        NodeKind.List => "a list",
        _ => "a map",
    };
}
