using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>A listener's configuration, compiled: chains, matcher, filters. Immutable, shared by all workers.</summary>
internal sealed class ListenerModel
{
    private ListenerModel(
        ListenerConfig config,
        FilterChainMatcher matcher,
        Func<Worker, ListenerFilter>[] listenerFilters,
        IReadOnlyList<IAccessLog> logs)
    {
        Config = config;
        Matcher = matcher;
        ListenerFilters = listenerFilters;
        AccessLogs = logs;
    }

    public ListenerConfig Config { get; }

    public FilterChainMatcher Matcher { get; }

    public Func<Worker, ListenerFilter>[] ListenerFilters { get; }

    public IReadOnlyList<IAccessLog> AccessLogs { get; }

    /// <summary>Compiles a configuration. On main.</summary>
    /// <exception cref="ConfigException">With every fault found.</exception>
    public static ListenerModel Compile(ListenerConfig config, FilterFactoryContext proxy)
    {
        var context = proxy with { Listener = config };
        var faults = new FaultList();
        if (config.Addresses.Count == 0)
        {
            faults.Add("address", "required");
        }

        if (config.FilterChains.Count == 0 && config.DefaultFilterChain is null)
        {
            faults.Add("filter_chains", "a listener needs at least one filter chain");
        }

        var chains = config.FilterChains.Select((chain, i) => FilterChain.Compile(chain, context, $"filter_chains[{i}]", faults)).ToArray();
        var fallback = config.DefaultFilterChain is { } other ? FilterChain.Compile(other, context, "default_filter_chain", faults) : null;
        var matcher = FilterChainMatcher.Compile(chains, fallback, faults);
        var filters = CompileListenerFilters(config, context, faults);
        IReadOnlyList<IAccessLog> logs = [];
        faults.Collect("access_log", () => logs = context.AccessLogs.Create(config.AccessLogs));
        faults.ThrowIfAny();
        return new ListenerModel(config, matcher, filters, logs);
    }

    private static Func<Worker, ListenerFilter>[] CompileListenerFilters(ListenerConfig config, FilterFactoryContext context, FaultList faults)
    {
        var filters = new List<Func<Worker, ListenerFilter>>();
        for (var i = 0; i < config.ListenerFilters.Count; i++)
        {
            var filter = config.ListenerFilters[i];
            faults.Collect($"listener_filters[{i}]", () => filters.Add(context.Filters.Listener(filter).Prepare(filter.Config, context)));
        }

        return [.. filters];
    }
}
