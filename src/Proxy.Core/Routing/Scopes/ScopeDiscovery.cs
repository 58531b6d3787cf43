using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Routing.Scopes;

/// <summary>Which set of scopes.</summary>
/// <param name="Source">Where they come from.</param>
/// <param name="Name">Name of the set.</param>
internal sealed record ScopeSetKey(ConfigSourceConfig Source, string Name);

/// <summary>The scopes that come from elsewhere; connection managers that name the same set share its subscription (Envoy SRDS). On main.</summary>
internal sealed class ScopeDiscovery(ResourceHub resources, Worker main, StatsStore stats)
{
    private readonly SharedResources<ScopeSetKey, ScopeSubscription, ScopedTables> _subscriptions = new();

    /// <summary>What is watched.</summary>
    public IEnumerable<ScopeSubscription> Subscriptions => _subscriptions.All;

    /// <summary>The tables of a connection manager with scopes.</summary>
    /// <param name="config">The scopes, or where they come from.</param>
    /// <param name="compile">Compiles a table for the manager's filters.</param>
    /// <param name="context">The manager's surroundings, which wait for the tables. Where nothing may be begun, rules are checked only.</param>
    /// <exception cref="ConfigException">Rules are broken, or a source cannot be used.</exception>
    public static ScopedTables Watch(ScopedRoutesConfig config, Func<RouteTableConfig, RouteTable> compile, FilterFactoryContext context)
    {
        ScopeKeys.Check(config.Scopes);
        var tables = new ScopedTables(config, compile, context);
        if (context.Scope is not { } scope)
        {
            foreach (var table in config.Scopes.Select(static scope => scope.Table).OfType<RouteTableConfig>())
            {
                compile(table);
            }

            return tables;
        }

        if (config.Source is { } source && context.Scopes is { } scopes)
        {
            scopes.Watch(new ScopeSetKey(source, config.Name), tables, scope, $"{context.StatPrefix}scoped_rds.{config.Name}.");
            return tables;
        }

        scope.Own(tables);
        tables.Prepare(config.Scopes)();
        tables.WhenReady(scope.Await($"scoped routes {config.Name}"));
        return tables;
    }

    private void Watch(ScopeSetKey key, ScopedTables tables, ResourceScope scope, string prefix)
    {
        var subscription = _subscriptions.Get(key, key => new ScopeSubscription(key, main, resources, stats, prefix));
        scope.Own(tables);
        scope.Own(_subscriptions.Hold(key, tables));
        subscription.Add(tables, scope);
        subscription.Start();
    }
}
