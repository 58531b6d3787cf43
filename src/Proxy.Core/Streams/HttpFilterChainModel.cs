using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>A compiled chain of HTTP filters: makes the filters of each stream. Immutable, shared by all workers.</summary>
internal sealed class HttpFilterChainModel
{
    private readonly Func<Worker, HttpFilter>[] _factories;
    private readonly bool[] _enabled;

    public HttpFilterChainModel(Func<Worker, HttpFilter>[] factories, bool[] enabled, ILogger logger)
    {
        _factories = factories;
        _enabled = enabled;
        Logger = logger;
    }

    /// <summary>Filters in the chain, those turned off included.</summary>
    public int Count => _factories.Length;

    /// <summary>Where filters report what is no stream's business.</summary>
    public ILogger Logger { get; }

    /// <summary>Checks and compiles <paramref name="filters"/>. Every fault goes to <paramref name="faults"/>; the model is of use only without any.</summary>
    public static HttpFilterChainModel Compile(IReadOnlyList<FilterConfig> filters, FilterFactoryContext context, FaultList faults)
    {
        var factories = new List<Func<Worker, HttpFilter>>();
        for (var i = 0; i < filters.Count; i++)
        {
            try
            {
                var factory = context.Filters.Http(filters[i]);
                CheckPlace(filters, i, factory, faults);
                factories.Add(factory.Prepare(filters[i].Config, context));
            }
            catch (ConfigException exception)
            {
                faults.Add($"http_filters[{i}]", exception);
            }
        }

        var enabled = filters.Select(static filter => !filter.Disabled).ToArray();
        return new HttpFilterChainModel([.. factories], enabled, context.Loggers.CreateLogger("Proxy.Filters"));
    }

    /// <summary>True when the filter runs for streams whose route says nothing about it.</summary>
    public bool IsEnabled(int index) => _enabled[index];

    public Func<Worker, HttpFilter> FactoryOf(int index) => _factories[index];

    private static void CheckPlace(IReadOnlyList<FilterConfig> filters, int index, IHttpFilterFactory factory, FaultList faults)
    {
        var isLast = index == filters.Count - 1;
        if (factory.IsTerminal && !isLast)
        {
            faults.Add($"http_filters[{index}]", $"'{filters[index].Name}' is a terminal filter and must be the last one");
        }
        else if (!factory.IsTerminal && isLast)
        {
            faults.Add($"http_filters[{index}]", $"the last filter must be a terminal one such as the router; '{filters[index].Name}' is not");
        }
        else if (factory.IsTerminal && filters[index].Disabled)
        {
            faults.Add($"http_filters[{index}]", $"'{filters[index].Name}' is a terminal filter and cannot be disabled");
        }
    }
}
