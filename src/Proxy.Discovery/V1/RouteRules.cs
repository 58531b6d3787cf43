using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Which settings of a route go together; the words are Envoy's.</summary>
internal static class RouteRules
{
    /// <summary>Checks a route.</summary>
    /// <returns>Whether it redirects.</returns>
    public static bool Check(ConfigNode route, V1Context context)
    {
        if (Count(route, "prefix", "path", "regex") != 1)
        {
            context.Fault(route, "route", "routes must specify one of prefix/path/regex");
        }

        if (route.Get("auto_host_rewrite") is { } automatic && route.Get("host_rewrite") is not null)
        {
            context.Fault(automatic, "route", "routes cannot have both auto_host_rewrite and host_rewrite options set");
        }

        var isRedirect = Count(route, "host_redirect", "path_redirect") > 0;
        CheckTarget(route, isRedirect, context);
        if (route.Get("weighted_clusters") is { } clusters && clusters.ItemsOf("clusters").Sum(static cluster => cluster.Get("weight")!.ToNumber()) != 100)
        {
            context.Fault(clusters, "weights", "Sum of weights in the weighted_cluster should add up to 100");
        }

        return isRedirect;
    }

    private static void CheckTarget(ConfigNode route, bool isRedirect, V1Context context)
    {
        var targets = Count(route, "cluster", "cluster_header", "weighted_clusters");
        if (isRedirect && targets > 0)
        {
            context.Fault(route, "route", "routes must be either redirects or cluster targets");
        }
        else if (!isRedirect && targets == 0)
        {
            context.Fault(route, "route", "routes must have redirect or one of cluster/cluster_header/weighted_clusters");
        }
        else if (targets > 1)
        {
            context.Fault(route, "route", "routes must specify one of cluster/cluster_header/weighted_clusters");
        }

        if (isRedirect && route.Get("use_websocket") is { } socket)
        {
            context.Fault(socket, "route", "Redirect route entries must not have WebSockets set");
        }
    }

    private static int Count(ConfigNode route, params ReadOnlySpan<string> keys)
    {
        var count = 0;
        foreach (var key in keys)
        {
            count += route.Get(key) is null ? 0 : 1;
        }

        return count;
    }
}
