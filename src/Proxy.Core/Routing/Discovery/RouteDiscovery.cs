using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Discovery;

/// <summary>The route tables that come from elsewhere; connection managers that name the same one share its subscription (Envoy RDS). On main.</summary>
internal sealed class RouteDiscovery(ResourceHub resources, Worker main, StatsStore stats)
{
    private readonly Dictionary<RouteDiscoveryConfig, RouteSubscription> _subscriptions = [];

    /// <summary>What is watched.</summary>
    public IEnumerable<RouteSubscription> Subscriptions => _subscriptions.Values;

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
        if (!_subscriptions.TryGetValue(config, out var subscription))
        {
            subscription = new RouteSubscription(config, resources, main, stats, context.StatPrefix);
            _subscriptions.Add(config, subscription);
        }

        var use = subscription.Add(compile, source, scope);
        scope.Own(new Use(this, subscription, use));
        subscription.Start();
        return source;
    }

    private void End(RouteSubscription subscription, RouteTableUse use)
    {
        if (subscription.Remove(use))
        {
            _subscriptions.Remove(subscription.Config);
        }
    }

    private sealed record Use(RouteDiscovery Owner, RouteSubscription Subscription, RouteTableUse Table) : IDisposable
    {
        public void Dispose() => Owner.End(Subscription, Table);
    }
}
