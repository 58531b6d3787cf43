namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>A text that is not YAML or JSON at all; the position is where reading had to stop.</summary>
internal sealed class NodeSyntaxException(string message, int line, int column) : Exception(message)
{
    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    /// <summary>From 1.</summary>
    public int Column { get; } = column;
}
