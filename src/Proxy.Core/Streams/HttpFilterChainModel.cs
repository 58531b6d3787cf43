using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Resources.Extensions;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>A compiled chain of HTTP filters: makes the filters of each stream. Immutable, shared by all workers.</summary>
internal sealed class HttpFilterChainModel
{
    private static readonly Func<Worker, HttpFilter> Missing = static _ => new MissingConfigFilter();

    private readonly FilterSource<HttpFilter>[] _filters;
    private readonly bool[] _enabled;
    private readonly RouteFilterLookup? _lookup; // null where routes are compiled for this chain

    public HttpFilterChainModel(FilterSource<HttpFilter>[] filters, bool[] enabled, ILogger logger, RouteFilterLookup? lookup = null)
    {
        _filters = filters;
        _enabled = enabled;
        _lookup = lookup;
        Logger = logger;
    }

    // What a factory may not be, at its place in the chain; null when it may stand there.
    private delegate string? PlaceRule(IHttpFilterFactory factory, FilterConfig filter, bool isLast);

    /// <summary>Filters in the chain, those turned off included.</summary>
    public int Count => _filters.Length;

    /// <summary>Where filters report what is no stream's business.</summary>
    public ILogger Logger { get; }

    /// <summary>Checks and compiles <paramref name="filters"/>. Every fault goes to <paramref name="faults"/>; the model is of use only without any.</summary>
    public static HttpFilterChainModel Compile(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults)
    {
        return Compile(filters, context, faults, EndsWithTerminal, null);
    }

    /// <summary>Compiles a chain beside the one that routes are compiled for; what they say about its filters is found by their names.</summary>
    public static HttpFilterChainModel CompileBeside(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults)
    {
        return Compile(filters, context, faults, EndsWithTerminal, LookupFor(filters, context));
    }

    /// <summary>Compiles filters in front of an upstream, which stands behind them in place of a terminal filter; null when there are none.</summary>
    public static HttpFilterChainModel? CompileUpstream(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults)
    {
        return filters.Count == 0 ? null : Compile(filters, context, faults, WorksUpstream, LookupFor(filters, context));
    }

    /// <summary>True when the filter runs for streams with this route.</summary>
    public bool IsEnabled(Route? route, int index)
    {
        return (_lookup is null ? route?.IsFilterEnabled(index) : Looked(_lookup, route, index).Enabled) ?? _enabled[index];
    }

    /// <summary>What each level of the route says about the filter, most specific first.</summary>
    public IReadOnlyList<object> RouteConfigs(Route? route, int index)
    {
        return (_lookup is null ? route?.FilterConfigs(index) : Looked(_lookup, route, index).Configs) ?? [];
    }

    /// <summary>Makes the filter as it is configured now.</summary>
    public Func<Worker, HttpFilter> FactoryOf(int index) => _filters[index].Current ?? Missing;

    private static HttpFilterChainModel Compile(
        IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults, PlaceRule rule, RouteFilterLookup? lookup)
    {
        var sources = new List<FilterSource<HttpFilter>>();
        for (var i = 0; i < filters.Count; i++)
        {
            try
            {
                sources.Add(Source(filters[i], i == filters.Count - 1, context, rule));
            }
            catch (ConfigException exception)
            {
                faults.Add($"http_filters[{i}]", exception);
            }
        }

        var enabled = filters.Select(static filter => !filter.Disabled).ToArray();
        return new HttpFilterChainModel([.. sources], enabled, context.Loggers.CreateLogger("Proxy.Filters"), lookup);
    }

    private static FilterSource<HttpFilter> Source(FilterConfig filter, bool isLast, FilterFactoryContext context, PlaceRule rule)
    {
        return filter.Config is DiscoveredFilterConfig
            ? ExtensionDiscovery.Watch(ExtensionFamily.Http, filter, context, (config, own) => Prepare(filter with { Config = config }, isLast, own, rule))
            : new FilterSource<HttpFilter>(Prepare(filter, isLast, context, rule));
    }

    private static Func<Worker, HttpFilter> Prepare(FilterConfig filter, bool isLast, FilterFactoryContext context, PlaceRule rule)
    {
        var factory = context.Filters.Http(filter);
        return rule(factory, filter, isLast) is { } fault ? throw new ConfigException("", fault) : factory.Prepare(filter.Config, context);
    }

    private static string? EndsWithTerminal(IHttpFilterFactory factory, FilterConfig filter, bool isLast) => factory.IsTerminal switch
    {
        true when !isLast => $"'{filter.Name}' is a terminal filter and must be the last one",
        false when isLast => $"the last filter must be a terminal one such as the router; '{filter.Name}' is not",
        true when filter.Disabled => $"'{filter.Name}' is a terminal filter and cannot be disabled",
        _ => null,
    };

    private static string? WorksUpstream(IHttpFilterFactory factory, FilterConfig filter, bool isLast)
    {
        return factory.WorksUpstream ? null : $"'{filter.Name}' cannot stand in front of an upstream";
    }

    private static RouteFilterLookup LookupFor(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context) => new(RouteTableContext.For(context, filters));

    private static FilterRouteConfig Looked(RouteFilterLookup lookup, Route? route, int index)
    {
        var said = lookup.Of(route);
        return index < said.Length ? said[index] : default;
    }
}
