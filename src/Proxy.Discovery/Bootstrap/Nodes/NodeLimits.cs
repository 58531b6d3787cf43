namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Bounds on a configuration text, so that a hostile one costs a fault and not the process.</summary>
internal static class NodeLimits
{
    /// <summary>Bytes of one file, and of one answer of a control plane.</summary>
    public const int MaxBytes = 128 << 20;

    /// <summary>Lists and maps inside one another, as in protobuf's JSON.</summary>
    public const int MaxDepth = 100;

    /// <summary>Values visited, counting what an alias repeats.</summary>
    public const int MaxNodes = 20_000_000;
}
