namespace Proxy.Configuration.Clusters;

/// <summary>The hosts of a cluster as a source names them (Envoy <c>endpoint.v3.ClusterLoadAssignment</c>).</summary>
/// <param name="Name">Whose hosts they are: a cluster's name, or the service name it asks for.</param>
public sealed record EndpointAssignmentConfig(string Name)
{
    /// <summary>The hosts, by place and priority.</summary>
    public ConfigList<LocalityEndpointsConfig> Endpoints { get; init; } = [];

    /// <summary>How much load the priorities take.</summary>
    public PriorityShareConfig PriorityShare { get; init; } = PriorityShareConfig.Default;

    /// <summary>Hosts are dropped when no answer came for this long; null keeps them (<c>endpoint_stale_after</c>).</summary>
    public TimeSpan? StaleAfter { get; init; }
}
