using System.Text;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>The clusters of one proxy: main changes them, each worker has its own view.</summary>
public abstract class ClusterManager
{
    /// <summary>The cluster called <paramref name="name"/> as <paramref name="worker"/> sees it; null when there is none. On that worker; keep it no longer than a request.</summary>
    public abstract WorkerCluster? Find(Worker worker, string name);

    /// <summary>TLS to the clusters. On main.</summary>
    internal virtual IEnumerable<Tls.UpstreamTls> Tls => [];

    /// <summary>The cluster that <paramref name="route"/> sends a request with these headers to; null when it sends it nowhere. On <paramref name="worker"/>.</summary>
    internal WorkerCluster? FindFor(Route? route, HeaderMap headers, StreamInfo info, Worker worker)
    {
        if (route?.Action is not ForwardAction forward)
        {
            return null;
        }

        var name = forward.Specifier is { } specifier ? specifier.Pick(headers, info, worker) : forward.Cluster;
        if (name is null && forward.Specifier is null && forward.ClusterHeader is { } header && header.TryGet(headers, out var value) && !value.IsEmpty)
        {
            name = Encoding.UTF8.GetString(value);
        }

        return name is null ? null : Find(worker, name);
    }

    /// <summary>True when a cluster of that name is configured. On main.</summary>
    public abstract bool Contains(string name);

    /// <summary>True when a cluster of that name is configured and does not come from a source of clusters, which could take it away. On main.</summary>
    internal virtual bool IsStatic(string name) => Contains(name);

    /// <summary>
    /// Adds a cluster, or replaces the one of that name when the configuration differs. It is used once its hosts are known; until then the old one is.
    /// On main.
    /// </summary>
    /// <returns>False when the configuration is the one in use.</returns>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule; nothing is changed.</exception>
    public abstract bool AddOrUpdate(ClusterConfig config);

    /// <summary>Removes a cluster; requests under way are finished. On main.</summary>
    /// <returns>False when there is none of that name.</returns>
    public abstract bool Remove(string name);

    /// <summary>Runs <paramref name="callback"/> once every cluster added so far is ready to be used; at once when they are. On main.</summary>
    public abstract void WhenReady(Action callback);

    /// <summary>Writes ejections of hosts to a file; empty for none. On main, before the clusters are added. Default: nothing.</summary>
    /// <exception cref="Configuration.ConfigException">The file cannot be opened.</exception>
    internal virtual void LogOutliersTo(string path)
    {
    }

    /// <summary>Lends what HTTP filters of clusters are made of. On main, before the clusters are added. Default: nothing, and no cluster has filters.</summary>
    internal virtual void MakeFiltersFrom(FilterFactoryContext context)
    {
    }

    /// <summary>Follows runtime values (<c>circuit_breakers.CLUSTER.PRIORITY.max_…</c>), for clusters there are and those to come. On main. Default: nothing.</summary>
    internal virtual void ApplyRuntime(RuntimeSnapshot runtime)
    {
    }
}
