using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Listeners;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;

namespace Proxy.Hosting;

/// <summary>Compiles a whole configuration against what is known, opens nothing, and lists every fault. On main.</summary>
/// <param name="context">What filters are prepared with.</param>
/// <param name="runtime">Says which runtime layers can be.</param>
/// <param name="routes">Keeps the tables that were compiled, for the listeners that come next.</param>
internal sealed class ConfigCheck(FilterFactoryContext context, RuntimeLayers runtime, PreparedRouteTables routes)
{
    /// <exception cref="ConfigException">With every fault.</exception>
    public void Run(ProxyConfig config)
    {
        routes.Clear();
        var faults = new FaultList();
        for (var i = 0; i < config.Clusters.Count; i++)
        {
            faults.Add($"clusters[{i}]", ClusterRules.Check(config.Clusters[i]));
        }

        runtime.Check(config, faults);
        var trial = context with
        {
            Node = config.Node,
            Runtime = new RuntimeSnapshot(RuntimeLayers.StaticValues(config)),
            Clusters = new ValidatingClusterManager(config.Clusters),
            Stats = new StatsStore().CreateScope(),
            PreparedRoutes = routes,
        };
        CheckUpstreamFilters(config, trial, faults);
        ListenerManager.Check(config.Listeners, trial, faults);
        faults.ThrowIfAny();
    }

    private static void CheckUpstreamFilters(ProxyConfig config, FilterFactoryContext trial, FaultList faults)
    {
        for (var i = 0; i < config.Clusters.Count; i++)
        {
            var before = faults.Count;
            HttpFilterChainModel.CompileUpstream(config.Clusters[i].Http.Filters, trial, faults);
            faults.Move(before, $"clusters[{i}]");
        }
    }
}
