using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Stats;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>A compiled filter chain: its match and what makes its filters. Immutable, shared by all workers; a chain that an update leaves as it is goes on.</summary>
internal sealed class FilterChain
{
    private readonly FilterSource<NetworkFilter>[] _filters;
    private readonly StatScope? _stats;

    private FilterChain(
        FilterChainConfig config,
        FilterSource<NetworkFilter>[] filters,
        FilterFactoryContext? context,
        DownstreamTls? tls,
        IReadOnlyDictionary<string, Dictionary<string, object>>? metadata)
    {
        Config = config;
        Metadata = metadata;
        _filters = filters;
        Tls = tls;
        _stats = context?.Stats;
        Drain = context?.Drain ?? new DrainState();
        Scope = context?.Scope ?? new ResourceScope();
    }

    public FilterChainConfig Config { get; }

    /// <summary>Whether connections of this chain are told to go, its listener's included.</summary>
    public DrainState Drain { get; }

    /// <summary>What its filters wait for.</summary>
    public ResourceScope Scope { get; }

    /// <summary>TLS towards the clients; null for none.</summary>
    public DownstreamTls? Tls { get; }

    /// <summary>Metadata, by namespace and key; null when there is none.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; }

    /// <summary>Prepares the filters; adds what is wrong to <paramref name="faults"/> under <paramref name="path"/>.</summary>
    public static FilterChain Compile(FilterChainConfig config, FilterFactoryContext context, string path, FaultList faults)
    {
        var own = context is null ? null : OwnContext(context);
        var filters = new List<FilterSource<NetworkFilter>>();
        for (var i = 0; i < config.Filters.Count; i++)
        {
            var place = $"{path}.filters[{i}]";
            faults.Collect(place, () => filters.Add(Source(config.Filters[i], i == config.Filters.Count - 1, own!)));
        }

        DownstreamTls? tls = null;
        if (config.Tls is { } secured)
        {
            faults.Collect($"{path}.transport_socket", () => tls = CompileTls(secured, config.TransportTimeout, own!));
        }

        return new FilterChain(config, [.. filters], own, tls, MetadataTree.Compile(config.Metadata, $"{path}.metadata", faults));
    }

    /// <summary>The connection as its filters see it. On its worker.</summary>
    public Connection Secure(Connection connection) => Tls is null ? connection : Tls.Accept(connection);

    /// <summary>Makes the filters for one connection. On its worker.</summary>
    /// <returns>Null while the configuration of one of them is missing.</returns>
    public NetworkFilter[]? CreateFilters(Worker worker)
    {
        var filters = new NetworkFilter[_filters.Length];
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

    /// <summary>The chain has gone: takes its stats away and lets go what its filters held.</summary>
    public void Release()
    {
        Scope.Dispose();
        _stats?.Remove();
    }

    private static FilterFactoryContext OwnContext(FilterFactoryContext context) => context with
    {
        Drain = new DrainState(context.Drain),
        Stats = context.Stats.CreateSibling(),
        Scope = context.Scope is null ? null : new ResourceScope(),
    };

    private static FilterSource<NetworkFilter> Source(FilterConfig filter, bool isLast, FilterFactoryContext context)
    {
        return filter.Config is DiscoveredFilterConfig
            ? ExtensionDiscovery.Watch(ExtensionFamily.Network, filter, context, (config, own) => Prepare(filter with { Config = config }, isLast, own))
            : new FilterSource<NetworkFilter>(Prepare(filter, isLast, context));
    }

    private static Func<Worker, NetworkFilter> Prepare(FilterConfig filter, bool isLast, FilterFactoryContext context)
    {
        var factory = context.Filters.Network(filter);
        CheckPlace(factory.IsTerminal, isLast, filter.Name);
        return factory.Prepare(filter.Config, context);
    }

    private static DownstreamTls CompileTls(DownstreamTlsConfig config, TimeSpan timeout, FilterFactoryContext context)
    {
        var prefix = context.Listener is { } listener ? $"listener.{ListenerState.StatName(listener)}." : "listener.";
        var stats = context.Stats.CreateGroup(ListenerStats.Schema, prefix);
        var tls = DownstreamTls.Compile(
            config, context.Tls, context.Main.Time, new TlsReport(context.Stats, prefix, context.Files), timeout, connection => stats.Shard(connection.Worker).Increment(ListenerStats.TransportTimeout));
        if (context is { Scope: { } scope, Secrets: { } secrets })
        {
            tls.Watch(secrets, scope);
        }

        return tls;
    }

    private static void CheckPlace(bool terminal, bool last, string name)
    {
        if (terminal && !last)
        {
            throw new ConfigException("", $"terminal filter '{name}' must be the last filter of its chain");
        }

        if (!terminal && last)
        {
            throw new ConfigException("", $"non-terminal filter '{name}' is the last filter of its chain");
        }
    }
}
