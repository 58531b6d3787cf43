namespace Proxy.Tls.Hello;

/// <summary>What the first bytes of a connection are.</summary>
internal enum ClientHelloStatus
{
    /// <summary>It may become one.</summary>
    NeedMoreData,

    /// <summary>A whole client hello.</summary>
    Found,

    /// <summary>Something else, or a broken one.</summary>
    NotFound,

    /// <summary>One that is longer than allowed.</summary>
    TooLarge,
}
