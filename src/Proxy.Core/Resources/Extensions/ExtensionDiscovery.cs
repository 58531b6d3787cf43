using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources.Extensions;

/// <summary>The configurations of filters that come from elsewhere; chains that name the same one share its subscription (Envoy ECDS). On main.</summary>
internal sealed class ExtensionDiscovery(ResourceHub resources, Worker main, StatsStore stats)
{
    private readonly SharedResources<ExtensionKey, ExtensionSubscription, IExtensionUse> _subscriptions = new();

    /// <summary>What is watched.</summary>
    public IEnumerable<ExtensionSubscription> Subscriptions => _subscriptions.All;

    /// <summary>The filter of a chain whose configuration comes from elsewhere, watched as long as the chain's part of <paramref name="context"/> lives.</summary>
    /// <param name="family">Kind of filter.</param>
    /// <param name="filter">The filter; its record is a <see cref="DiscoveredFilterConfig"/>.</param>
    /// <param name="context">What the filter is compiled against; waits for the first answer. Where nothing may be begun, only the default is compiled.</param>
    /// <param name="compile">Compiles a record; throws what is wrong with it here.</param>
    /// <exception cref="ConfigException">The source cannot be used, or the default or what is known breaks rules here.</exception>
    public static FilterSource<TFilter> Watch<TFilter>(
        ExtensionFamily family, FilterConfig filter, FilterFactoryContext context, Func<object, FilterFactoryContext, Func<Worker, TFilter>> compile)
    {
        var discovery = (DiscoveredFilterConfig)filter.Config;
        if (discovery is { StartsWithDefault: true, Default: null })
        {
            throw new ConfigException("config_discovery.apply_default_config_without_warming", "needs a default_config");
        }

        var fallback = discovery.Default is { } config ? compile(config, context with { Scope = null }) : null;
        return context is { Scope: { } scope, Extensions: { } extensions }
            ? extensions.Watch(new ExtensionKey(family, filter.Name, discovery.Source), discovery, context, scope, compile)
            : new FilterSource<TFilter>(fallback);
    }

    private FilterSource<TFilter> Watch<TFilter>(
        ExtensionKey key, DiscoveredFilterConfig discovery, FilterFactoryContext context, ResourceScope scope,
        Func<object, FilterFactoryContext, Func<Worker, TFilter>> compile)
    {
        var subscription = _subscriptions.Get(key, key => new ExtensionSubscription(key, main, stats));
        var use = new ExtensionUse<TFilter>(discovery, context, compile, scope.Await($"FilterConfigSubscription {key.Name}"));
        scope.Own(use);
        scope.Own(_subscriptions.Hold(key, use));
        subscription.Add(use, discovery.StartsWithDefault);
        subscription.Start(resources);
        return use.Source;
    }
}
