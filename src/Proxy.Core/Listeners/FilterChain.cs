using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>A compiled filter chain: its match and what makes its filters. Immutable, shared by all workers.</summary>
internal sealed class FilterChain
{
    private readonly Func<Worker, NetworkFilter>[] _filters;

    private FilterChain(FilterChainConfig config, Func<Worker, NetworkFilter>[] filters)
    {
        Config = config;
        _filters = filters;
    }

    public FilterChainConfig Config { get; }

    /// <summary>Prepares the filters; adds what is wrong to <paramref name="faults"/> under <paramref name="path"/>.</summary>
    public static FilterChain Compile(FilterChainConfig config, FilterFactoryContext context, string path, FaultList faults)
    {
        var filters = new List<Func<Worker, NetworkFilter>>();
        for (var i = 0; i < config.Filters.Count; i++)
        {
            var place = $"{path}.filters[{i}]";
            faults.Collect(place, () =>
            {
                var factory = context.Filters.Network(config.Filters[i]);
                CheckPlace(factory.IsTerminal, i == config.Filters.Count - 1, config.Filters[i].Name);
                filters.Add(factory.Prepare(config.Filters[i].Config, context));
            });
        }

        return new FilterChain(config, [.. filters]);
    }

    /// <summary>Makes the filters for one connection. On its worker.</summary>
    public NetworkFilter[] CreateFilters(Worker worker)
    {
        var filters = new NetworkFilter[_filters.Length];
        for (var i = 0; i < filters.Length; i++)
        {
            filters[i] = _filters[i](worker);
        }

        return filters;
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
