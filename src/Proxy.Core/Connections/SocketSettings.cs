using Proxy.Configuration;

namespace Proxy.Connections;

/// <summary>Socket options of a connection or listener. Values that a transport does not have are without effect on it.</summary>
public sealed record SocketSettings
{
    /// <summary>Defaults: no delay, no keepalive.</summary>
    public static SocketSettings Default { get; } = new();

    /// <summary>Sends small segments at once (TCP_NODELAY). Default true.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>TCP keepalive; null leaves it off.</summary>
    public KeepaliveConfig? Keepalive { get; init; }

    /// <summary>Further options, in the order in which they are set; accepted connections have those of the socket that listens.</summary>
    public ConfigList<SocketOption> Options { get; init; } = [];
}

/// <summary>TCP keepalive (Envoy <c>core.v3.TcpKeepalive</c>). Null leaves the system's value.</summary>
/// <param name="Probes">Unanswered probes before the connection counts as dead.</param>
/// <param name="Time">Idle time before the first probe, in seconds.</param>
/// <param name="Interval">Time between probes, in seconds.</param>
public sealed record KeepaliveConfig(int? Probes, int? Time, int? Interval);
