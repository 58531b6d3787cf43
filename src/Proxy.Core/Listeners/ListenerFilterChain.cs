using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>The listener filters of a listener, compiled. Immutable, shared by all workers, and by the models of a listener that is updated in place.</summary>
internal sealed class ListenerFilterChain
{
    private readonly FilterSource<ListenerFilter>[] _filters;

    private ListenerFilterChain(FilterSource<ListenerFilter>[] filters, ResourceScope scope)
    {
        _filters = filters;
        Scope = scope;
    }

    /// <summary>There is none.</summary>
    public bool IsEmpty => _filters.Length == 0;

    /// <summary>What its filters wait for.</summary>
    public ResourceScope Scope { get; }

    /// <summary>Prepares the filters; adds what is wrong to <paramref name="faults"/>. On main.</summary>
    public static ListenerFilterChain Compile(ListenerConfig config, FilterFactoryContext context, FaultList faults)
    {
        var scope = new ResourceScope();
        var own = context?.Scope is null ? context! : context with { Scope = scope };
        var filters = new List<FilterSource<ListenerFilter>>();
        for (var i = 0; i < config.ListenerFilters.Count; i++)
        {
            faults.Collect($"listener_filters[{i}]", () => filters.Add(Source(config.ListenerFilters[i], own)));
        }

        return new ListenerFilterChain([.. filters], scope);
    }

    /// <summary>Makes the filters for one connection. On its worker.</summary>
    /// <returns>Null while the configuration of one of them is missing.</returns>
    public ListenerFilter[]? CreateFilters(Worker worker)
    {
        var filters = _filters.Length == 0 ? [] : new ListenerFilter[_filters.Length];
        for (var i = 0; i < filters.Length; i++)
        {
            if (_filters[i].Current is not { } create)
            {
                return null;
            }

            filters[i] = create(worker);
        }

        return filters;
    }

    private static FilterSource<ListenerFilter> Source(FilterConfig filter, FilterFactoryContext context)
    {
        return filter.Config is DiscoveredFilterConfig
            ? ExtensionDiscovery.Watch(ExtensionFamily.Listener, filter, context, (config, own) => Prepare(filter with { Config = config }, own))
            : new FilterSource<ListenerFilter>(Prepare(filter, context));
    }

    private static Func<Worker, ListenerFilter> Prepare(FilterConfig filter, FilterFactoryContext context)
    {
        var create = context.Filters.Listener(filter).Prepare(filter.Config, context);
        return filter.DisabledFor is { } disabled ? worker => new ConditionalListenerFilter(create(worker), disabled) : create;
    }
}
