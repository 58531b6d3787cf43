using Proxy.Clusters;
using Proxy.Configuration.Clusters;
using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>Stands in for the clusters while a configuration is only checked: it knows names and opens nothing.</summary>
internal sealed class ValidatingClusterManager : ClusterManager
{
    private readonly HashSet<string> _names;

    public ValidatingClusterManager(IEnumerable<ClusterConfig> clusters)
    {
        _names = clusters.Select(static cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
    }

    public override WorkerCluster? Find(Worker worker, string name) => null;

    public override bool Contains(string name) => _names.Contains(name);

    public override bool AddOrUpdate(ClusterConfig config) => throw new InvalidOperationException("A configuration that is being checked changes nothing.");

    public override bool Remove(string name) => throw new InvalidOperationException("A configuration that is being checked changes nothing.");

    public override void WhenReady(Action callback) => callback();
}
