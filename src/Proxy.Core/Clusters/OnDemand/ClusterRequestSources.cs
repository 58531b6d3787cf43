using Proxy.Configuration.Discovery;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.OnDemand;

/// <summary>The sources of clusters that are asked for as requests need them. On main.</summary>
internal sealed class ClusterRequestSources(ProxyClusterManager clusters, Worker main, StatsStore stats)
{
    private readonly Dictionary<ConfigSourceConfig, ClusterRequests> _sources = [];

    /// <summary>The one behind a source; it lives as long as the proxy.</summary>
    public ClusterRequests Of(ConfigSourceConfig source)
    {
        if (!_sources.TryGetValue(source, out var requests))
        {
            _sources[source] = requests = new ClusterRequests(clusters, source, main, stats);
        }

        return requests;
    }
}
