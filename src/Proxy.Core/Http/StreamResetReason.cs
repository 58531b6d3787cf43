namespace Proxy.Http;

/// <summary>Why a stream ended before it was complete. Names are those of Envoy's <c>%RESPONSE_CODE_DETAILS%</c>.</summary>
public enum StreamResetReason
{
    /// <summary>This proxy gave up on it.</summary>
    LocalReset,

    /// <summary>This proxy refused it before it was handled; it is safe to try again.</summary>
    LocalRefusedStreamReset,

    /// <summary>The peer reset it.</summary>
    RemoteReset,

    /// <summary>The peer refused it before it was handled; it is safe to try again.</summary>
    RemoteRefusedStreamReset,

    /// <summary>The connection could not be made.</summary>
    RemoteConnectionFailure,

    /// <summary>The connection could not be made in time, or not for a local reason.</summary>
    LocalConnectionFailure,

    /// <summary>The connection was not made in time.</summary>
    ConnectionTimeout,

    /// <summary>The connection ended under it.</summary>
    ConnectionTermination,

    /// <summary>A limit of this proxy was reached (circuit breaker).</summary>
    Overflow,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError,

    /// <summary>The peer could not connect a tunnel to where it was to go (HTTP/2: CONNECT_ERROR).</summary>
    ConnectError,
}
