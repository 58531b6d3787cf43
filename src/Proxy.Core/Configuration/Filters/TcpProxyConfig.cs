using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The terminal network filter that joins a connection to an upstream one (Envoy <c>tcp_proxy.v3.TcpProxy</c>).</summary>
public sealed record TcpProxyConfig
{
    /// <summary>Prefix of the stats: <c>tcp.PREFIX.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary>The cluster; null when <see cref="WeightedClusters"/> decide.</summary>
    public string? Cluster { get; init; }

    /// <summary>Clusters that share the connections.</summary>
    public ConfigList<WeightedClusterConfig> WeightedClusters { get; init; } = [];

    /// <summary>Time without a byte in either direction; null never. Default 1 h.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time of a connection; null never (<c>max_downstream_connection_duration</c>).</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>
    /// Up to this share of <see cref="MaxConnectionDuration"/>, in percent, is added to it at random, so that connections that began together do not
    /// end together. Default 0 (<c>max_downstream_connection_duration_jitter_percentage</c>).
    /// </summary>
    public double MaxConnectionDurationJitter { get; init; }

    /// <summary>Sends connections through an HTTP proxy; null connects to the host itself.</summary>
    public TunnelingConfig? Tunneling { get; init; }

    /// <summary>What the PROXY protocol carries to the upstream, where the cluster speaks version 2 of it.</summary>
    public ConfigList<Clusters.ProxyProtocolTlv> ProxyProtocolTlvs { get; init; } = [];

    /// <summary>
    /// Bytes of the client that are read before the upstream is up, after which reading stops; the client's leaving is noticed then too. Null reads nothing
    /// before (<c>max_early_data_bytes</c>).
    /// </summary>
    public long? MaxEarlyBytes { get; init; }

    /// <summary>Attempts to reach a host. Default 1.</summary>
    public int MaxConnectAttempts { get; init; } = 1;

    /// <summary>Pauses between attempts; null tries again at once (<c>backoff_options</c>).</summary>
    public BackOffConfig? BackOff { get; init; }

    /// <summary>What of a connection is hashed for clusters that pick hosts by hash: address or filter state; null for nothing (<c>hash_policy</c>).</summary>
    public HashPolicyConfig? HashPolicy { get; init; }

    /// <summary>Logs of connections.</summary>
    public ConfigList<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Time between log lines of a live connection; null logs its end only.</summary>
    public TimeSpan? AccessLogFlushInterval { get; init; }

    /// <summary>Logs also when the connection begins (<c>flush_access_log_on_start</c>). Default false.</summary>
    public bool LogOnStart { get; init; }

    /// <summary>Logs also when the upstream is reached (<c>flush_access_log_on_connected</c>). Default false.</summary>
    public bool LogOnConnected { get; init; }
}

/// <summary>Pauses that grow, with full jitter (Envoy <c>core.v3.BackoffStrategy</c>).</summary>
/// <param name="BaseInterval">First interval, 1 ms or more.</param>
/// <param name="MaxInterval">Largest interval, not below the first; null is ten times the first.</param>
public sealed record BackOffConfig(TimeSpan BaseInterval, TimeSpan? MaxInterval = null);
