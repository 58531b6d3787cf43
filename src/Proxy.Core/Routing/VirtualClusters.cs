using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing.Matching;
using Proxy.Stats;

namespace Proxy.Routing;

/// <summary>The virtual clusters of one virtual host, in order. Immutable, shared by all workers.</summary>
internal sealed class VirtualClusters
{
    private readonly VirtualCluster[] _clusters;

    private VirtualClusters(VirtualCluster[] clusters)
    {
        _clusters = clusters;
    }

    /// <summary>Compiles the virtual clusters of <paramref name="host"/>; null when it has none. What matches none of them counts as <c>other</c>.</summary>
    public static VirtualClusters? Compile(VirtualHostConfig host, RouteTableContext context, string path, FaultList faults)
    {
        if (host.VirtualClusters.Count == 0)
        {
            return null;
        }

        var named = host.VirtualClusters.Select((cluster, i) =>
        {
            var at = $"{path}.virtual_clusters[{i}]";
            Check(cluster, at, faults);
            return Compile(cluster, host.Name, context, at, faults);
        });
        return new VirtualClusters([.. named, Compile(new VirtualClusterConfig("other"), host.Name, context, path, faults)]);
    }

    /// <summary>The first that a request belongs to.</summary>
    public VirtualCluster Find(HeaderMap headers)
    {
        var i = 0;
        while (!_clusters[i].Matches(headers))
        {
            i++; // the last one takes all
        }

        return _clusters[i];
    }

    private static void Check(VirtualClusterConfig config, string path, FaultList faults)
    {
        if (config.Name.Length == 0)
        {
            faults.Add($"{path}.name", "must not be empty");
        }

        if (config.Headers.Count == 0)
        {
            faults.Add($"{path}.headers", "must not be empty");
        }
    }

    private static VirtualCluster Compile(VirtualClusterConfig config, string host, RouteTableContext context, string path, FaultList faults)
    {
        var headers = config.Headers.Select((header, i) => HeaderMatcher.Compile(header, $"{path}.headers[{i}]", faults));
        return new VirtualCluster(config.Name, [.. headers], context.Factory?.Stats.CreateGroup(RouteStats.Schema, $"vhost.{host}.vcluster.{config.Name}."));
    }
}

/// <summary>Requests that are counted together.</summary>
/// <param name="Name">Name in stats and logs.</param>
/// <param name="Headers">Conditions; all must hold.</param>
/// <param name="Stats">Where they are counted; null in tables without a proxy.</param>
internal sealed record VirtualCluster(string Name, HeaderMatcher[] Headers, StatGroup? Stats)
{
    public bool Matches(HeaderMap request)
    {
        foreach (var header in Headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}
