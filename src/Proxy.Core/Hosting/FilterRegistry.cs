using Proxy.Configuration;
using Proxy.Connections;
using Proxy.Listeners;
using Proxy.Streams;

namespace Proxy.Hosting;

/// <summary>The filters that a proxy knows, by the type of their configuration record. The first factory of a type wins.</summary>
public sealed class FilterRegistry
{
    private readonly Dictionary<Type, IListenerFilterFactory> _listener = [];
    private readonly Dictionary<Type, INetworkFilterFactory> _network = [];
    private readonly Dictionary<Type, IHttpFilterFactory> _http = [];
    private readonly Dictionary<Type, IHttpFilterFactory> _httpByRoute = [];

    /// <summary>Takes the factories.</summary>
    public FilterRegistry(IEnumerable<IListenerFilterFactory> listener, IEnumerable<INetworkFilterFactory> network, IEnumerable<IHttpFilterFactory> http)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(http);
        foreach (var factory in listener)
        {
            _listener.TryAdd(factory.ConfigType, factory);
        }

        foreach (var factory in network)
        {
            _network.TryAdd(factory.ConfigType, factory);
        }

        foreach (var factory in http)
        {
            _http.TryAdd(factory.ConfigType, factory);
            if (factory.RouteConfigType is { } type)
            {
                _httpByRoute.TryAdd(type, factory);
            }
        }
    }

    /// <summary>The factory for a listener filter's configuration.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    public IListenerFilterFactory Listener(FilterConfig config) => Find(_listener, config, "listener");

    /// <summary>The factory for a network filter's configuration.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    public INetworkFilterFactory Network(FilterConfig config) => Find(_network, config, "network");

    /// <summary>The factory for an HTTP filter's configuration.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    public IHttpFilterFactory Http(FilterConfig config) => Find(_http, config, "HTTP");

    /// <summary>The factory of the HTTP filter that routes configure with such a record; null when there is none.</summary>
    internal IHttpFilterFactory? HttpOfRoute(object config) => _httpByRoute.GetValueOrDefault(config.GetType());

    private static TFactory Find<TFactory>(Dictionary<Type, TFactory> factories, FilterConfig config, string kind)
    {
        ArgumentNullException.ThrowIfNull(config);
        return factories.TryGetValue(config.Config.GetType(), out var factory)
            ? factory
            : throw new ConfigException("", $"no {kind} filter is registered for {config.Config.GetType().Name} (filter '{config.Name}')");
    }
}
