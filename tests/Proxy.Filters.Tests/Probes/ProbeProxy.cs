using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Probes;

/// <summary>A whole proxy over the simulated network, with the listeners of a probe family. One probe at a time; time is turned by hand.</summary>
internal sealed class ProbeProxy : IDisposable
{
    private static readonly IPEndPoint Upstream = IPEndPoint.Parse("10.9.9.9:80");
    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;
    private readonly TestUpstream _upstream;
    private readonly List<string> _listeners;

    public ProbeProxy(IReadOnlyDictionary<string, (HttpConnectionManagerConfig Manager, string Cluster)> listeners, IReadOnlyDictionary<string, UpstreamHttpConfig> clusters)
    {
        _listeners = [.. listeners.Keys];
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(proxy =>
        {
            foreach (var (name, http) in clusters)
            {
                proxy.Clusters.Add(Cluster(name, http));
            }

            foreach (var (name, listener) in listeners)
            {
                proxy.Listeners.Add(Listener(name, listener.Manager, listener.Cluster));
            }
        }).AddFilters();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Start(_services);
        _upstream = _proxy.Listen(Upstream);
        _upstream.OnReceived = peer =>
        {
            if (!Upstreams.Contains(peer))
            {
                Upstreams.Add(peer);
            }

            Script?.Invoke(peer);
        };
    }

    /// <summary>Upstream connections that were used, in order.</summary>
    public List<TestPeer> Upstreams { get; } = [];

    /// <summary>Called when an upstream connection has received bytes.</summary>
    public Action<TestPeer>? Script { get; set; }

    public TestPeer Connect(string listener) => _proxy.Connect(Front(listener));

    public void Wait(int milliseconds) => _proxy.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Ends whatever the probe left, so that the next one starts from scratch.</summary>
    public void Clean(params TestPeer[] clients)
    {
        Script = null;
        foreach (var peer in clients.Concat(Upstreams).Where(static p => p.IsOpen))
        {
            peer.Close();
        }

        Wait(200);
        while (_upstream.Waiting > 0)
        {
            if (_upstream.Accept() is { IsOpen: true } unused)
            {
                unused.Close();
            }
        }

        Upstreams.Clear();
        Wait(20);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    private static ClusterConfig Cluster(string name, UpstreamHttpConfig http) => new()
    {
        Name = name,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        Http = http,
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Of(Upstream.Address, Upstream.Port))] }],
    };

    private IPEndPoint Front(string listener) => new(IPAddress.Parse("10.1.1.1"), 10000 + _listeners.IndexOf(listener));

    private ListenerConfig Listener(string name, HttpConnectionManagerConfig manager, string cluster)
    {
        var routes = new List<RouteConfig> { new() { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = new ForwardActionConfig { Cluster = cluster } } };
        if (manager.Upgrades.Any(static u => u.UpgradeType == "CONNECT"))
        {
            routes.Insert(0, new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Connect), Action = new ForwardActionConfig { Cluster = cluster } });
        }

        var complete = manager with
        {
            DelayedCloseTimeout = TimeSpan.FromMilliseconds(50),
            Routes = new RouteTableConfig { VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = ["*"], Routes = routes.ToConfigList() }] },
            Filters = [new FilterConfig("router", new RouterConfig())],
        };
        var front = Front(name);
        return new ListenerConfig
        {
            Name = name,
            Addresses = [AddressConfig.Of(front.Address, front.Port)],
            FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("http", complete)] }],
        };
    }
}
