using Proxy.Clusters;
using Proxy.Clusters.OnDemand;

namespace Proxy.Filters.Http.OnDemand;

/// <summary>What the filter may ask for. Immutable, shared by all workers.</summary>
/// <param name="Clusters">The clusters there are.</param>
/// <param name="Requests">Brings more; null for none.</param>
/// <param name="ClusterTimeout">Longest wait for one, in ms.</param>
internal sealed record OnDemandModel(ClusterManager Clusters, ClusterRequests? Requests, long ClusterTimeout);
