namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>What a place in a configuration text holds.</summary>
internal enum NodeKind
{
    Null,

    /// <summary>An empty map, list or text, in a source that does not tell them apart.</summary>
    Empty,

    Bool,
    Number,
    String,
    List,
    Map,
}
