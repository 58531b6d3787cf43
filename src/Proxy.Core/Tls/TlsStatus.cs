namespace Proxy.Tls;

/// <summary>What became of a step of a TLS session.</summary>
internal enum TlsStatus
{
    /// <summary>Done as far as asked for.</summary>
    Done,

    /// <summary>All bytes given are used, and more are needed.</summary>
    NeedsInput,

    /// <summary>The peer has ended its side in order (close_notify).</summary>
    Ended,

    /// <summary>The session is broken; an alert, if one is due, is in the output.</summary>
    Failed,
}
