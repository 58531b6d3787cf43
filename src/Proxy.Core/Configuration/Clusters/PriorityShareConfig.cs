namespace Proxy.Configuration.Clusters;

/// <summary>How much load the priorities of a cluster take (Envoy <c>endpoint.v3.ClusterLoadAssignment.Policy</c>).</summary>
public sealed record PriorityShareConfig
{
    /// <summary>All load stays with the first priority until fewer than 72 % of its hosts are healthy.</summary>
    public static PriorityShareConfig Default { get; } = new();

    /// <summary>How much a healthy host can take beyond its share, in percent: a priority gives load away once fewer than 1 / factor of its hosts are healthy.
    /// 1 or more; default 140 (<c>overprovisioning_factor</c>).</summary>
    public uint OverprovisioningFactor { get; init; } = 140;

    /// <summary>Hosts count by their weights when the health of a priority is judged, not each for one. Default false (<c>weighted_priority_health</c>).</summary>
    public bool CountsWeights { get; init; }
}
