namespace Proxy.Configuration.Filters;

/// <summary>The terminal HTTP filter that sends requests upstream (Envoy <c>router.v3.Router</c>).</summary>
public sealed record RouterConfig
{
    /// <summary>Leaves out <c>x-envoy-…</c> headers that the router adds. Default false.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>Logs of each attempt at an upstream.</summary>
    public ConfigList<AccessLogConfig> UpstreamLogs { get; init; } = [];
}
