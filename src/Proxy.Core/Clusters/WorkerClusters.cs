namespace Proxy.Clusters;

/// <summary>The clusters that one worker knows, by name. Main changes it by posts to the worker.</summary>
internal sealed class WorkerClusters
{
    private readonly Dictionary<string, PooledCluster> _clusters = new(StringComparer.Ordinal);

    public PooledCluster? Find(string name) => _clusters.GetValueOrDefault(name);

    public void Put(PooledCluster cluster)
    {
        if (_clusters.TryGetValue(cluster.Name, out var replaced) && !ReferenceEquals(replaced, cluster))
        {
            replaced.Drain();
        }

        _clusters[cluster.Name] = cluster;
    }

    public void Remove(string name)
    {
        if (_clusters.Remove(name, out var removed))
        {
            removed.Drain();
        }
    }
}
