using Microsoft.Extensions.DependencyInjection;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Listeners;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Routing.Discovery;
using Proxy.Routing.Scopes;
using Proxy.Tls.Secrets;
using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>The clusters, listeners and route tables of one proxy that come while it runs. On main.</summary>
internal sealed class DynamicResources
{
    private readonly ProxyServerServices _services;
    private readonly ListenerManager _listeners;
    private readonly Worker _main;
    private readonly UnknownFields _unknownFields;
    private readonly ResourceHub _hub;
    private readonly ProxyClusterManager? _clusters;
    private readonly HashSet<string> _loading = new(StringComparer.Ordinal);

    public DynamicResources(ProxyServerServices services, ListenerManager listeners, Worker main, UnknownFields unknownFields)
    {
        _unknownFields = unknownFields;
        _services = services;
        _listeners = listeners;
        _main = main;
        _clusters = services.Clusters as ProxyClusterManager;
        _hub = _clusters?.Resources ?? new ResourceHub();
        Secrets = _clusters?.Secrets ?? new SecretDiscovery(_hub, main, services.Stats);
        Routes = new RouteDiscovery(_hub, main, services.Stats);
        Scopes = new ScopeDiscovery(_hub, main, services.Stats);
        Extensions = new ExtensionDiscovery(_hub, main, services.Stats);
    }

    /// <summary>The route tables.</summary>
    public RouteDiscovery Routes { get; }

    /// <summary>The scopes of route tables.</summary>
    public ScopeDiscovery Scopes { get; }

    /// <summary>The configurations of filters.</summary>
    public ExtensionDiscovery Extensions { get; }

    /// <summary>Certificates and keys.</summary>
    public SecretDiscovery Secrets { get; }

    /// <summary>All that is watched.</summary>
    public IEnumerable<ResourceRequest> Watched => _hub.Watched;

    /// <summary>The source of clusters; null for none.</summary>
    public ClusterDiscovery? Clusters { get; private set; }

    /// <summary>The source of listeners; null for none.</summary>
    public ListenerDiscovery? Listeners { get; private set; }

    /// <summary>The listeners in use.</summary>
    public IEnumerable<ListenerState> ActiveListeners => _listeners.Active;

    /// <summary>Those that wait for something.</summary>
    public IEnumerable<WarmingListener> WarmingListeners => _listeners.Warming;

    /// <summary>Those whose connections are on their way out.</summary>
    public IEnumerable<ListenerState> DrainingListeners => _listeners.Draining;

    /// <summary>The clusters in use, by name.</summary>
    public IEnumerable<ClusterState> ActiveClusters => _clusters?.Clusters ?? [];

    /// <summary>Those that wait for something.</summary>
    public IEnumerable<ClusterState> WarmingClusters => _clusters?.WarmingClusters ?? [];

    /// <summary>Names of what the proxy waits for before it is live.</summary>
    public IEnumerable<string> Unready => WarmingClusters.Select(static cluster => $"cluster {cluster.Config.Name}")
        .Concat(_listeners.All.SelectMany(static listener => listener.Unready.Select(target => $"listener {listener.Config.Name}: {target}")))
        .Concat(_loading);

    /// <summary>Makes the sources.</summary>
    public void Open(ProxyConfig config)
    {
        Secrets.Static = config.Secrets;
        var context = new ResourceContext
        {
            Main = _main,
            Clusters = _services.Clusters,
            Stats = _services.Stats,
            Loggers = _services.Loggers,
            Node = config.Node,
            UnknownFields = _unknownFields,
            Aggregated = config.Dynamic.Aggregated,
            Authorities = config.Dynamic.Authorities,
            DefaultAuthority = config.Dynamic.DefaultAuthority,
            Runtime = _services.Runtime,
        };
        _hub.Open(_services.Services.GetServices<IResourceSourceFactory>().Select(factory => factory.Create(context)));
    }

    /// <summary>Lets requests for hosts of many clusters go out as one.</summary>
    public IDisposable Pause() => _hub.Pause(ResourceKind.Endpoints);

    /// <summary>Waits for the first values of runtime layers that come from elsewhere.</summary>
    public Task LoadRuntimeAsync(RuntimeLayers layers)
    {
        var ready = new TaskCompletionSource();
        layers.Watch(_hub, Loading("RTDS", ready));
        return ready.Task;
    }

    /// <summary>Waits for the first answer of the source of clusters.</summary>
    public Task LoadClustersAsync(ProxyConfig config)
    {
        var ready = new TaskCompletionSource();
        if (config.Dynamic.Clusters is not { } source)
        {
            return Task.CompletedTask;
        }

        var clusters = _clusters ?? throw new ConfigException("dynamic_resources.cds_config", "these clusters cannot change");
        Clusters = ClusterDiscovery.Start(clusters, source, _main, _services.Stats, Loading("CDS", ready));
        return ready.Task;
    }

    /// <summary>From now on an answer with clusters is taken as a whole once they are ready.</summary>
    public void MarkClustersLoaded() => _clusters?.MarkStarted();

    /// <summary>Waits for the first answer of the source of listeners.</summary>
    public Task LoadListenersAsync(ProxyConfig config, FilterFactoryContext context)
    {
        var ready = new TaskCompletionSource();
        if (config.Dynamic.Listeners is not { } source)
        {
            return Task.CompletedTask;
        }

        Listeners = ListenerDiscovery.Start(_listeners, _hub, source, context, _services.Stats, Loading("LDS", ready));
        return ready.Task;
    }

    /// <summary>Waits until no listener waits for anything.</summary>
    public Task ListenersReadyAsync()
    {
        var ready = new TaskCompletionSource();
        _listeners.WhenReady(ready.SetResult);
        return ready.Task;
    }

    private Action Loading(string name, TaskCompletionSource ready)
    {
        _loading.Add(name);
        return () =>
        {
            _loading.Remove(name);
            ready.SetResult();
        };
    }

    /// <summary>Stops all sources.</summary>
    public void Close() => _hub.Close();
}
