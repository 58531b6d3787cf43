using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Discovery;

/// <summary>The route tables that come from elsewhere; connection managers that name the same one share its subscription (Envoy RDS). On main.</summary>
internal sealed class RouteDiscovery(ResourceHub resources, Worker main, StatsStore stats)
{
    private readonly SharedResources<RouteDiscoveryConfig, RouteSubscription, RouteTableUse> _subscriptions = new();

    /// <summary>What is watched.</summary>
    public IEnumerable<RouteSubscription> Subscriptions => _subscriptions.All;

    /// <summary>Watches a table for one connection manager, as long as the listener's part of <paramref name="context"/> lives.</summary>
    /// <param name="config">Which table.</param>
    /// <param name="compile">Compiles it for the manager's filters.</param>
    /// <param name="context">The manager's surroundings; waits for the first answer.</param>
    /// <returns>Without routes until then.</returns>
    /// <exception cref="ConfigException">The source cannot be used, or the table that is known breaks rules here.</exception>
    public RouteTableSource Watch(RouteDiscoveryConfig config, Func<RouteTableConfig, RouteTable> compile, FilterFactoryContext context)
    {
        var scope = context.Scope ?? throw new InvalidOperationException("Watched outside of a listener.");
        var source = new RouteTableSource(compile(new RouteTableConfig { Name = config.Name }));
        var subscription = _subscriptions.Get(config, config => new RouteSubscription(config, resources, main, stats, context.StatPrefix));
        scope.Own(_subscriptions.Hold(config, subscription.Add(compile, source, scope)));
        subscription.Start();
        return source;
    }
}
