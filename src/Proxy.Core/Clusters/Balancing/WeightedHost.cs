namespace Proxy.Clusters.Balancing;

/// <summary>A host and its share of a priority, all shares together being 1 at most.</summary>
internal readonly record struct WeightedHost(Host Host, double Weight);
