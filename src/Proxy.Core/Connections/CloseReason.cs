namespace Proxy.Connections;

/// <summary>Who ended a connection.</summary>
public enum CloseOrigin
{
    /// <summary>This proxy.</summary>
    Local,

    /// <summary>The peer, or the network on its behalf.</summary>
    Remote,
}

/// <summary>How a connection ended.</summary>
public enum CloseKind
{
    /// <summary>With FIN, in order.</summary>
    Graceful,

    /// <summary>With RST, or a write that failed because of one.</summary>
    Reset,

    /// <summary>It never came up: refused, unreachable, no such socket.</summary>
    ConnectFailed,

    /// <summary>It never came up within the connect timeout.</summary>
    ConnectTimeout,

    /// <summary>A timer of the proxy ended it (idle, maximum duration, delayed close).</summary>
    Timeout,
}

/// <summary>Why a connection ended. The first reason wins and is the one that logs show.</summary>
/// <param name="Origin">Who ended it.</param>
/// <param name="Kind">How.</param>
/// <param name="Details">Short machine-readable text, as in Envoy's <c>%CONNECTION_TERMINATION_DETAILS%</c>; empty when there is nothing to add.</param>
public readonly record struct CloseReason(CloseOrigin Origin, CloseKind Kind, string Details = "")
{
    /// <summary>The peer closed in order.</summary>
    public static CloseReason RemoteClose => new(CloseOrigin.Remote, CloseKind.Graceful);

    /// <summary>The peer reset the connection.</summary>
    public static CloseReason RemoteReset => new(CloseOrigin.Remote, CloseKind.Reset);

    /// <summary>This proxy closed in order.</summary>
    public static CloseReason LocalClose => new(CloseOrigin.Local, CloseKind.Graceful);
}
