using Proxy.Configuration.Discovery;

namespace Proxy.Configuration.Filters;

/// <summary>
/// The HTTP filter that lets requests wait for what they need and the proxy does not have yet: a virtual host, the route table of a scope, a cluster
/// (Envoy <c>on_demand.v3.OnDemand</c>). Routes can set another of these in its place.
/// </summary>
public sealed record OnDemandConfig
{
    /// <summary>Where clusters come from that a route names and that are not there; null asks for none (<c>odcds</c>).</summary>
    public ConfigSourceConfig? Clusters { get; init; }

    /// <summary>Longest wait for a cluster. Default 5 s.</summary>
    public TimeSpan ClusterTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
