namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>What a place in a configuration text holds.</summary>
internal enum NodeKind
{
    Null,
    Bool,
    Number,
    String,
    List,
    Map,
}
