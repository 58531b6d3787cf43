namespace Proxy.Configuration.Filters;

/// <summary>The terminal HTTP filter that sends requests upstream (Envoy <c>router.v3.Router</c>).</summary>
public sealed record RouterConfig
{
    /// <summary>Leaves out <c>x-envoy-…</c> headers that the router adds. Default false.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>Takes a trusted client's <c>x-envoy-expected-rq-timeout-ms</c> for its timeout. Default false.</summary>
    public bool RespectExpectedTimeout { get; init; }

    /// <summary>Logs of each attempt at an upstream.</summary>
    public ConfigList<AccessLogConfig> UpstreamLogs { get; init; } = [];
}
