namespace Proxy.Clusters.Balancing;

/// <summary>Which hosts of a priority are picked from.</summary>
internal enum HostSource
{
    Healthy,
    Degraded,

    /// <summary>Panic: better any host than crowding the few that are left.</summary>
    All,
}
