using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Resources.Extensions;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>A compiled chain of HTTP filters: makes the filters of each stream. Immutable, shared by all workers.</summary>
internal sealed class HttpFilterChainModel
{
    private static readonly Func<Worker, HttpFilter> Missing = static _ => new MissingConfigFilter();

    private readonly FilterSource<HttpFilter>[] _filters;
    private readonly bool[] _enabled;

    public HttpFilterChainModel(FilterSource<HttpFilter>[] filters, bool[] enabled, ILogger logger)
    {
        _filters = filters;
        _enabled = enabled;
        Logger = logger;
    }

    /// <summary>Filters in the chain, those turned off included.</summary>
    public int Count => _filters.Length;

    /// <summary>Where filters report what is no stream's business.</summary>
    public ILogger Logger { get; }

    /// <summary>Checks and compiles <paramref name="filters"/>. Every fault goes to <paramref name="faults"/>; the model is of use only without any.</summary>
    public static HttpFilterChainModel Compile(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults)
    {
        var sources = new List<FilterSource<HttpFilter>>();
        for (var i = 0; i < filters.Count; i++)
        {
            try
            {
                sources.Add(Source(filters[i], i == filters.Count - 1, context));
            }
            catch (ConfigException exception)
            {
                faults.Add($"http_filters[{i}]", exception);
            }
        }

        var enabled = filters.Select(static filter => !filter.Disabled).ToArray();
        return new HttpFilterChainModel([.. sources], enabled, context.Loggers.CreateLogger("Proxy.Filters"));
    }

    /// <summary>True when the filter runs for streams whose route says nothing about it.</summary>
    public bool IsEnabled(int index) => _enabled[index];

    /// <summary>Makes the filter as it is configured now.</summary>
    public Func<Worker, HttpFilter> FactoryOf(int index) => _filters[index].Current ?? Missing;

    private static FilterSource<HttpFilter> Source(FilterConfig filter, bool isLast, FilterFactoryContext context)
    {
        return filter.Config is DiscoveredFilterConfig
            ? ExtensionDiscovery.Watch(ExtensionFamily.Http, filter, context, (config, own) => Prepare(filter with { Config = config }, isLast, own))
            : new FilterSource<HttpFilter>(Prepare(filter, isLast, context));
    }

    private static Func<Worker, HttpFilter> Prepare(FilterConfig filter, bool isLast, FilterFactoryContext context)
    {
        var factory = context.Filters.Http(filter);
        if (factory.IsTerminal && !isLast)
        {
            throw new ConfigException("", $"'{filter.Name}' is a terminal filter and must be the last one");
        }

        if (!factory.IsTerminal && isLast)
        {
            throw new ConfigException("", $"the last filter must be a terminal one such as the router; '{filter.Name}' is not");
        }

        if (factory.IsTerminal && filter.Disabled)
        {
            throw new ConfigException("", $"'{filter.Name}' is a terminal filter and cannot be disabled");
        }

        return factory.Prepare(filter.Config, context);
    }
}
