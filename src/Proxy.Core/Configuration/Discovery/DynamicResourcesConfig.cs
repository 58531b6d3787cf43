namespace Proxy.Configuration.Discovery;

/// <summary>Which listeners and clusters come from elsewhere (Envoy <c>Bootstrap.DynamicResources</c>).</summary>
public sealed record DynamicResourcesConfig
{
    /// <summary>Where listeners come from; null for nowhere.</summary>
    public ConfigSourceConfig? Listeners { get; init; }

    /// <summary>Where clusters come from; null for nowhere.</summary>
    public ConfigSourceConfig? Clusters { get; init; }

    /// <summary>The control plane behind every <see cref="AggregatedSourceConfig"/>; null for none.</summary>
    public ControlPlaneConfig? Aggregated { get; init; }

    /// <summary>Control planes for resources by the authority of their names; the first that has it serves it.</summary>
    internal ConfigList<AuthorityConfig> Authorities { get; init; } = [];

    /// <summary>The control plane for all other authorities (Envoy <c>default_config_source</c>); null leaves their resources to the source that stands beside a name.</summary>
    internal AuthorityConfig? DefaultAuthority { get; init; }
}

/// <summary>Where the hosts of a cluster come from (Envoy <c>Cluster.EdsClusterConfig</c>).</summary>
/// <param name="Source">The source.</param>
/// <param name="ServiceName">Name of the assignment; empty uses the cluster's.</param>
public sealed record EndpointDiscoveryConfig(ConfigSourceConfig Source, string ServiceName = "");

/// <summary>Where the route table of a connection manager comes from (Envoy <c>Rds</c>).</summary>
/// <param name="Source">The source.</param>
/// <param name="Name">Name of the table.</param>
public sealed record RouteDiscoveryConfig(ConfigSourceConfig Source, string Name);
