using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>The clusters of one proxy: main changes them, each worker has its own view.</summary>
public abstract class ClusterManager
{
    /// <summary>The cluster called <paramref name="name"/> as <paramref name="worker"/> sees it; null when there is none. On that worker; keep it no longer than a request.</summary>
    public abstract WorkerCluster? Find(Worker worker, string name);

    /// <summary>True when a cluster of that name is configured. On main.</summary>
    public abstract bool Contains(string name);
}
