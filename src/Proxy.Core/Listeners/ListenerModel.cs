using Proxy.Configuration.Listeners;
using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Resources;
using Proxy.Tls;

namespace Proxy.Listeners;

/// <summary>A listener's configuration, compiled: chains, matcher, filters. Immutable, shared by all workers.</summary>
internal sealed class ListenerModel
{
    private ListenerModel(
        ListenerConfig config,
        FilterChain[] chains,
        FilterChainChoice choice,
        ListenerFilterChain listenerFilters,
        IReadOnlyList<IAccessLog> logs)
    {
        Config = config;
        Chains = chains;
        Choice = choice;
        ListenerFilters = listenerFilters;
        AccessLogs = logs;
    }

    public ListenerConfig Config { get; }

    /// <summary>All chains, the default one last.</summary>
    public IReadOnlyList<FilterChain> Chains { get; }

    public FilterChainChoice Choice { get; }

    /// <summary>TLS of its chains.</summary>
    public IEnumerable<DownstreamTls> Tls => Chains.Append(Choice.Fallback).Select(static chain => chain?.Tls).OfType<DownstreamTls>().Distinct();

    public ListenerFilterChain ListenerFilters { get; }

    public IReadOnlyList<IAccessLog> AccessLogs { get; }

    /// <summary>Metadata, by namespace and key; null when there is none.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; private init; }

    /// <summary>Names of what its filters wait for.</summary>
    public IEnumerable<string> Unready => Scopes.SelectMany(static scope => scope.Unready);

    private IEnumerable<ResourceScope> Scopes => Chains.Select(static chain => chain.Scope).Prepend(ListenerFilters.Scope);

    /// <summary>Compiles a configuration. On main.</summary>
    /// <param name="config">The listener.</param>
    /// <param name="proxy">What it is compiled against.</param>
    /// <param name="former">The model that it replaces while its connections live on: chains that are equal are taken over. Null for none.</param>
    /// <exception cref="ConfigException">With every fault found; nothing of it stays.</exception>
    public static ListenerModel Compile(ListenerConfig config, FilterFactoryContext proxy, ListenerModel? former = null)
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

        var known = former is null ? [] : new List<FilterChain>(former.Chains);
        var chains = config.FilterChains.Select((chain, i) => Chain(chain, known, context, $"filter_chains[{i}]", faults)).ToArray();
        var fallback = config.DefaultFilterChain is { } other ? Chain(other, known, context, "default_filter_chain", faults) : null;
        FilterChainChoice choice = config.FilterChainMatcher is { } tree
            ? FilterChainTree.Compile(tree, chains, fallback, faults)
            : FilterChainMatcher.Compile(chains, fallback, faults);
        var filters = former is null ? ListenerFilterChain.Compile(config, context, faults) : former.ListenerFilters;
        var logs = former?.AccessLogs ?? [];
        if (former is null)
        {
            faults.Collect("access_log", () => logs = context.AccessLogs.Create(config.AccessLogs));
        }

        var model = new ListenerModel(config, fallback is null ? chains : [.. chains, fallback], choice, filters, logs)
        {
            Metadata = former is null ? MetadataTree.Compile(config.Metadata, "metadata", faults) : former.Metadata,
        };
        if (faults.Count > 0)
        {
            model.ReleaseWithout(former);
        }

        faults.ThrowIfAny();
        return model;
    }

    /// <summary>Calls <paramref name="callback"/> when everything that its filters wait for is there.</summary>
    public void WhenReady(Action callback)
    {
        var scopes = Scopes.ToArray();
        var open = scopes.Length + 1;
        foreach (var scope in scopes)
        {
            scope.WhenReady(Count);
        }

        Count();

        void Count()
        {
            if (--open == 0)
            {
                callback();
            }
        }
    }

    /// <summary>The listener has gone: lets go what its filters held, but for those that <paramref name="other"/> has too.</summary>
    public void ReleaseWithout(ListenerModel? other)
    {
        if (other?.ListenerFilters != ListenerFilters)
        {
            ListenerFilters.Scope.Dispose();
        }

        foreach (var chain in Chains.Where(chain => other is null || !other.Chains.Contains(chain)))
        {
            chain.Release();
        }
    }

    private static FilterChain Chain(FilterChainConfig config, List<FilterChain> known, FilterFactoryContext context, string path, FaultList faults)
    {
        var same = known.FindIndex(chain => chain.Config == config);
        if (same < 0)
        {
            return FilterChain.Compile(config, context, path, faults);
        }

        var chain = known[same];
        known.RemoveAt(same);
        return chain;
    }
}
