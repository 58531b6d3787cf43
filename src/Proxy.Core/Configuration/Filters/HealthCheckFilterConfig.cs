using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that answers health checks of this proxy (Envoy <c>health_check.v3.HealthCheck</c>).</summary>
public sealed record HealthCheckFilterConfig
{
    /// <summary>Health checks go on to the upstream unless an operator failed this proxy. Default false: answered here.</summary>
    public bool PassThrough { get; init; }

    /// <summary>How long an upstream's answer stands for the next ones; zero asks each time. Only with <see cref="PassThrough"/>. Default zero.</summary>
    public TimeSpan CacheTime { get; init; }

    /// <summary>What makes a request a health check; all of them must hold. None: every request is one.</summary>
    public ConfigList<HeaderMatcherConfig> Headers { get; init; } = [];

    /// <summary>Clusters that must be well for an answer of 200. Without effect with <see cref="PassThrough"/>.</summary>
    public ConfigList<ClusterHealthFloor> Floors { get; init; } = [];
}

/// <summary>How much of a cluster must be healthy or degraded.</summary>
/// <param name="Cluster">Name of the cluster; one that does not exist is not well.</param>
/// <param name="Percent">Percent of its hosts, 0 to 100; parts of a percent do not count.</param>
public sealed record ClusterHealthFloor(string Cluster, double Percent);
