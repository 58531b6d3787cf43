namespace Proxy.Connections.InMemory;

/// <summary>What a read found behind the bytes it returned.</summary>
internal enum InMemoryPipeStatus
{
    /// <summary>Nothing yet; the reader will be told.</summary>
    Open,

    /// <summary>FIN.</summary>
    Ended,

    /// <summary>RST.</summary>
    Reset,
}
