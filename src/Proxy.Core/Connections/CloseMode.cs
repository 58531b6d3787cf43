namespace Proxy.Connections;

/// <summary>What happens to bytes not sent yet when this proxy closes a connection.</summary>
public enum CloseMode
{
    /// <summary>Send what is queued, then FIN.</summary>
    Flush,

    /// <summary>
    /// Send what is queued, then wait for the peer to close, at most <see cref="Connection.DelayedCloseTimeout"/>, before closing: a client that
    /// is still sending gets to read the answer instead of a reset (Envoy <c>delayed_close_timeout</c>).
    /// </summary>
    FlushAndDelay,

    /// <summary>Drop what is queued and close now.</summary>
    Immediate,

    /// <summary>Drop what is queued and reset the connection (RST).</summary>
    Reset,
}
