namespace Proxy.Configuration.Filters;

/// <summary>The terminal HTTP filter that sends requests upstream (Envoy <c>router.v3.Router</c>).</summary>
public sealed record RouterConfig
{
    /// <summary>Leaves out <c>x-envoy-…</c> headers that the router adds. Default false.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>Takes a trusted client's <c>x-envoy-expected-rq-timeout-ms</c> for its timeout. Default false.</summary>
    public bool RespectExpectedTimeout { get; init; }

    /// <summary>
    /// Headers that are refused with 400 when their value is none they may have: <c>x-envoy-upstream-rq-timeout-ms</c>,
    /// <c>x-envoy-upstream-rq-per-try-timeout-ms</c>, <c>x-envoy-max-retries</c>, <c>x-envoy-retry-on</c>, <c>x-envoy-retry-grpc-on</c>.
    /// </summary>
    public ConfigList<string> StrictHeaders { get; init; } = [];

    /// <summary>Does not count answers to gRPC requests by their HTTP status. Default false.</summary>
    public bool SuppressGrpcStatusStats { get; init; }

    /// <summary>Logs an attempt also when a connection is there for it. Default false.</summary>
    public bool LogOnUpstreamStart { get; init; }

    /// <summary>Time between log lines of a running attempt, 1 ms or more; null logs its end only.</summary>
    public TimeSpan? UpstreamLogInterval { get; init; }

    /// <summary>
    /// HTTP filters that each attempt at an upstream passes (<c>upstream_http_filters</c>, without the codec at their end), where the cluster has none of its
    /// own.
    /// </summary>
    public ConfigList<FilterConfig> UpstreamFilters { get; init; } = [];

    /// <summary>Logs of each attempt at an upstream.</summary>
    public ConfigList<AccessLogConfig> UpstreamLogs { get; init; } = [];
}
