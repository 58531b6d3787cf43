namespace Proxy.Listeners.ProxyProtocol;

/// <summary>What the beginning of a stream turned out to be.</summary>
internal enum ProxyProtocolStatus
{
    /// <summary>It may become a header.</summary>
    NeedMoreData,

    /// <summary>A whole header.</summary>
    Found,

    /// <summary>It begins like a header and is none.</summary>
    Malformed,

    /// <summary>It does not begin like a header.</summary>
    NotFound,
}
