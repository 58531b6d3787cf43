using Proxy.Configuration.Discovery;
using Proxy.Connections;

namespace Proxy.Configuration.Clusters;

/// <summary>How hosts are found (Envoy <c>cluster.v3.Cluster.DiscoveryType</c>).</summary>
public enum ClusterType
{
    /// <summary>The hosts are in the configuration, as addresses.</summary>
    Static,

    /// <summary>Every address of every name is a host.</summary>
    StrictDns,

    /// <summary>One logical host; each new connection goes to the first address of the latest answer.</summary>
    LogicalDns,

    /// <summary>There is a host for each address that a request or connection was on its way to; no policy picks.</summary>
    OriginalDestination,

    /// <summary>The hosts come from elsewhere while the proxy runs (<see cref="ClusterConfig.EndpointDiscovery"/>).</summary>
    Eds,
}

/// <summary>How a host is picked (Envoy <c>Cluster.LbPolicy</c> and the policy extensions).</summary>
public enum LoadBalancingPolicy
{
    /// <summary>In turn, weighted.</summary>
    RoundRobin,

    /// <summary>The least busy of a few picked at random.</summary>
    LeastRequest,

    /// <summary>At random.</summary>
    Random,

    /// <summary>By the request's hash, on a ring (ketama).</summary>
    RingHash,

    /// <summary>By the request's hash, in a table of fixed size (Maglev).</summary>
    Maglev,
}

/// <summary>Which families a name is resolved to (Envoy <c>Cluster.DnsLookupFamily</c>).</summary>
public enum DnsLookupFamily
{
    /// <summary>IPv6, or IPv4 when there is none.</summary>
    Auto,

    /// <summary>IPv4 only.</summary>
    V4Only,

    /// <summary>IPv6 only.</summary>
    V6Only,

    /// <summary>IPv4, or IPv6 when there is none.</summary>
    V4Preferred,

    /// <summary>Both.</summary>
    All,
}

/// <summary>A group of hosts that requests or connections can go to (Envoy <c>cluster.v3.Cluster</c>).</summary>
public sealed record ClusterConfig
{
    /// <summary>Each downstream connection has upstream connections of its own, which no other uses (<c>connection_pool_per_downstream_connection</c>). Default false.</summary>
    public bool PoolPerDownstreamConnection { get; init; }

    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Name in stats; empty uses <see cref="Name"/>.</summary>
    public string AltStatName { get; init; } = "";

    /// <summary>How hosts are found.</summary>
    public ClusterType Type { get; init; }

    /// <summary>How a host is picked.</summary>
    public LoadBalancingPolicy Policy { get; init; }

    /// <summary>Settings of <see cref="LoadBalancingPolicy.LeastRequest"/>.</summary>
    public LeastRequestConfig LeastRequest { get; init; } = new();

    /// <summary>Settings of <see cref="LoadBalancingPolicy.RingHash"/> and <see cref="LoadBalancingPolicy.Maglev"/>.</summary>
    public HashBalancingConfig Hashing { get; init; } = new();

    /// <summary>Below this share of healthy hosts, in percent, all are used. Default 50 (<c>healthy_panic_threshold</c>).</summary>
    public double PanicThreshold { get; init; } = 50;

    /// <summary>
    /// Uses no host at all when too few are healthy, instead of all of them; policies that pick by hash take no notice, as in Envoy. Default false
    /// (<c>fail_traffic_on_panic</c>).
    /// </summary>
    public bool FailsOnPanic { get; init; }

    /// <summary>News of hosts' health reach the balancers at most once in this time; zero is at once. Default 1 s (<c>update_merge_window</c>).</summary>
    public TimeSpan UpdateMergeWindow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Asks hosts regularly whether they are well; null for not.</summary>
    public HealthCheckConfig? HealthCheck { get; init; }

    /// <summary>Hosts are not counted before their first health check. Default false (<c>ignore_new_hosts_until_first_hc</c>).</summary>
    public bool IgnoresNewHostsUntilChecked { get; init; }

    /// <summary>Connections end after their requests whenever hosts are added. Default false (<c>close_connections_on_host_set_change</c>).</summary>
    public bool ClosesConnectionsOnHostSetChange { get; init; }

    /// <summary>Hosts that leave their source go at once, well or not. Default false (<c>ignore_health_on_host_removal</c>).</summary>
    public bool IgnoresHealthOnRemoval { get; init; }

    /// <summary>Takes hosts that keep failing out for a while; null for not.</summary>
    public OutlierDetectionConfig? OutlierDetection { get; init; }

    /// <summary>The hosts, by place and priority.</summary>
    public ConfigList<LocalityEndpointsConfig> Endpoints { get; init; } = [];

    /// <summary>How much load the priorities take; a cluster whose hosts are discovered goes by what their source says.</summary>
    public PriorityShareConfig PriorityShare { get; init; } = PriorityShareConfig.Default;

    /// <summary>Where the hosts of a <see cref="ClusterType.Eds"/> cluster come from; null for all others.</summary>
    public EndpointDiscoveryConfig? EndpointDiscovery { get; init; }

    /// <summary>Time for a connection to come up. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>High watermark of a connection's buffers, in bytes. Default 1 MiB.</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary>Limits for requests of default priority.</summary>
    public CircuitBreakerConfig DefaultBreaker { get; init; } = new();

    /// <summary>Limits for requests of high priority.</summary>
    public CircuitBreakerConfig HighBreaker { get; init; } = new();

    /// <summary>Resolution of names.</summary>
    public DnsConfig Dns { get; init; } = new();

    /// <summary>HTTP to the hosts.</summary>
    public UpstreamHttpConfig Http { get; init; } = new();

    /// <summary>Source address of connections; null lets the system choose.</summary>
    public AddressConfig? BindAddress { get; init; }

    /// <summary>Options of the sockets.</summary>
    public SocketSettings Socket { get; init; } = SocketSettings.Default;

    /// <summary>Metadata for logs and filters: namespaces, each a JSON object.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>What connections are made of. Default: bytes as they are (<c>transport_socket</c>).</summary>
    public UpstreamTransportConfig Transport { get; init; } = UpstreamTransportConfig.Plain;

    /// <summary>What connections to hosts with certain metadata are made of; the first that fits, else <see cref="Transport"/> (<c>transport_socket_matches</c>).</summary>
    public ConfigList<TransportMatchConfig> TransportMatches { get; init; } = [];

    /// <summary>Settings of <see cref="ClusterType.OriginalDestination"/>.</summary>
    public OriginalDestinationConfig OriginalDestination { get; init; } = new();
}

/// <summary>Least-request balancing (Envoy <c>LeastRequestLbConfig</c>).</summary>
/// <param name="ChoiceCount">Hosts looked at per pick. Default 2.</param>
/// <param name="ActiveRequestBias">Exponent of the active requests when weights differ. Default 1.</param>
/// <param name="BiasKey">A runtime value under this key stands for <paramref name="ActiveRequestBias"/>; empty for none.</param>
public sealed record LeastRequestConfig(int ChoiceCount = 2, double ActiveRequestBias = 1.0, string BiasKey = "")
{
    /// <summary>Compares all hosts instead of a few (<c>enable_full_scan</c>). Default false.</summary>
    public bool ComparesAll { get; init; }
}

/// <summary>Limits of one priority (Envoy <c>CircuitBreakers.Thresholds</c>). Counted over all workers.</summary>
public sealed record CircuitBreakerConfig
{
    /// <summary>Connections. Default 1024.</summary>
    public long MaxConnections { get; init; } = 1024;

    /// <summary>Connections to each host, those of the other priority counted too; null for any number (<c>per_host_thresholds</c>).</summary>
    public long? MaxConnectionsPerHost { get; init; }

    /// <summary>Requests waiting for a connection. Default 1024.</summary>
    public long MaxPendingRequests { get; init; } = 1024;

    /// <summary>Requests under way. Default 1024.</summary>
    public long MaxRequests { get; init; } = 1024;

    /// <summary>Retries under way. Default 3.</summary>
    public long MaxRetries { get; init; } = 3;

    /// <summary>Allows retries by what else is under way, in place of <see cref="MaxRetries"/>; null for none.</summary>
    public RetryBudgetConfig? RetryBudget { get; init; }

    /// <summary>Publishes <c>remaining_…</c> gauges. Default false.</summary>
    public bool TrackRemaining { get; init; }
}

/// <summary>Retries allowed by what else is under way (Envoy <c>CircuitBreakers.Thresholds.RetryBudget</c>).</summary>
/// <param name="Percent">Retries in a hundred active and waiting requests. Default 20.</param>
/// <param name="MinConcurrency">Retries that are always allowed. Default 3.</param>
public sealed record RetryBudgetConfig(double Percent = 20, uint MinConcurrency = 3);

/// <summary>Name resolution of a cluster.</summary>
public sealed record DnsConfig
{
    /// <summary>Time between resolutions. Default 5 s (<c>dns_refresh_rate</c>).</summary>
    public TimeSpan RefreshRate { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Added at random to each refresh, at most this much. Default none (<c>dns_jitter</c>).</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>First pause after a failure; null uses <see cref="RefreshRate"/> (<c>dns_failure_refresh_rate.base_interval</c>).</summary>
    public TimeSpan? FailureBaseInterval { get; init; }

    /// <summary>Longest pause after failures; null is ten times the base.</summary>
    public TimeSpan? FailureMaxInterval { get; init; }

    /// <summary>Uses the records' TTL instead of <see cref="RefreshRate"/>. Default false.</summary>
    public bool RespectTtl { get; init; }

    /// <summary>Families asked for. Default <see cref="DnsLookupFamily.Auto"/>.</summary>
    public DnsLookupFamily Family { get; init; }

    /// <summary>The cluster counts as ready before its first answer when false. Default true (<c>wait_for_warm_on_init</c>).</summary>
    public bool WaitForWarmOnInit { get; init; } = true;
}

/// <summary>Protocols that upstream connections use.</summary>
public enum UpstreamProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2, by prior knowledge.</summary>
    Http2,

    /// <summary>For each request the version in which it came; HTTP/1.1 for older ones.</summary>
    Downstream,

    /// <summary>HTTP/2 or HTTP/1.1, as the host chooses when the TLS session is made (ALPN). Only with TLS.</summary>
    Negotiated,
}

/// <summary>HTTP to the hosts of a cluster (Envoy <c>upstreams.http.v3.HttpProtocolOptions</c>).</summary>
public sealed record UpstreamHttpConfig
{
    /// <summary>Protocol spoken. Default HTTP/1.1.</summary>
    public UpstreamProtocol Protocol { get; init; }

    /// <summary>Idle time after which a connection is closed; null never. Default 1 h.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Age after which a connection takes no new request; null never.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>Longest time of one request; null never (<c>max_stream_duration</c>).</summary>
    public TimeSpan? MaxStreamDuration { get; init; }

    /// <summary>Requests per connection; null without limit.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Headers in a response. Default 100.</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>Size of a response's head, in KiB. Default 80, as measured (<c>max_response_headers_kb</c>).</summary>
    public int MaxHeadersKilobytes { get; init; } = 80;

    /// <summary>What happens to responses with underscores in header names.</summary>
    public Http.UnderscoresAction HeadersWithUnderscores { get; init; }

    /// <summary>Which answers outlier detection takes for errors of the host; null leaves it to their status.</summary>
    public ErrorMatcherConfig? OutlierErrors { get; init; }

    /// <summary>Asks TLS servers for the host of the request. Default false.</summary>
    public bool AutoServerName { get; init; }

    /// <summary>Header whose value stands for the host where it is there (<c>override_auto_sni_header</c>); empty for none.</summary>
    public string AutoNameHeader { get; init; } = "";

    /// <summary>TLS servers must have a certificate for the host of the request. Default false.</summary>
    public bool AutoValidateName { get; init; }

    /// <summary>
    /// HTTP filters that each attempt at a host of the cluster passes (<c>http_filters</c>, without the codec at their end); they stand in place of those of
    /// the router.
    /// </summary>
    public ConfigList<FilterConfig> Filters { get; init; } = [];

    /// <summary>HTTP/1 details.</summary>
    public Http.Http1Config Http1 { get; init; } = new();

    /// <summary>HTTP/2 details.</summary>
    public Http.Http2Config Http2 { get; init; } = new();
}

/// <summary>Hosts of one place and priority (Envoy <c>endpoint.v3.LocalityLbEndpoints</c>).</summary>
public sealed record LocalityEndpointsConfig
{
    /// <summary>The place.</summary>
    public LocalityConfig Locality { get; init; } = LocalityConfig.None;

    /// <summary>0 is used first.</summary>
    public int Priority { get; init; }

    /// <summary>Weight of the place among those of its priority; null when places are not weighted.</summary>
    public uint? Weight { get; init; }

    /// <summary>Metadata: namespaces, each a JSON object.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The hosts.</summary>
    public ConfigList<EndpointConfig> Endpoints { get; init; } = [];
}

/// <summary>Health of a host as configured (Envoy <c>core.v3.HealthStatus</c>).</summary>
public enum EndpointHealth
{
    /// <summary>Not said: counts as healthy.</summary>
    Unknown,

    /// <summary>Healthy.</summary>
    Healthy,

    /// <summary>Not to be used.</summary>
    Unhealthy,

    /// <summary>Leaving: not to be used.</summary>
    Draining,

    /// <summary>Did not answer: not to be used.</summary>
    Timeout,

    /// <summary>Used when there are no better ones.</summary>
    Degraded,
}

/// <summary>One host (Envoy <c>endpoint.v3.LbEndpoint</c>).</summary>
/// <param name="Address">Where it is.</param>
public sealed record EndpointConfig(AddressConfig Address)
{
    /// <summary>Name of the host; used for automatic host rewrite.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Share of the load, relative to the others. Default 1.</summary>
    public uint Weight { get; init; } = 1;

    /// <summary>What is different about its health checks; null for nothing.</summary>
    public EndpointHealthCheckConfig? HealthCheck { get; init; }

    /// <summary>Health as configured.</summary>
    public EndpointHealth Health { get; init; }

    /// <summary>Metadata for logs and filters: namespaces, each a JSON object.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}
