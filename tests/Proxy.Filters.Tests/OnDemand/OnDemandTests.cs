using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Core.Tests.Resources;
using Proxy.Resources;
using Proxy.Testing;

namespace Proxy.Filters.Tests.OnDemand;

/// <summary>Requests that wait for what the proxy does not have yet, through a whole proxy.</summary>
public sealed class OnDemandTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 10000);

    private readonly FakeSource _source = new();
    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;

    public OnDemandTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IResourceSourceFactory>(_source);
        services.AddProxy(proxy => proxy.Listeners.Add(Listener())).AddFilters();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Begin(_services);
        Tell(() => _source.Answer(ResourceKind.Routes, "1", ("r", new RouteTableConfig { Name = "r", VirtualHostDiscovery = FakeSource.Config, ValidateClusters = false })));
        Tell(() => _source.Change(ResourceKind.VirtualHost, [Host("first.test", Answering("first"))]));
    }

    [TearDown]
    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [Test]
    public void Request_VirtualHostIsThere_AsksForNothing()
    {
        Get("first.test").ReadUntil("first");
        _source.Log.Should().NotContain(static line => line.StartsWith("ask", StringComparison.Ordinal));
    }

    [Test]
    public void Request_VirtualHostIsMissing_WaitsForItWithItsBody()
    {
        var client = _proxy.Connect(Address).Send("POST / HTTP/1.1\r\nhost: Late.test\r\ncontent-length: 2\r\n\r\nhi");
        client.ExpectSilence();
        _source.Log.Should().Contain("ask r/late.test");

        Tell(() => _source.Change(ResourceKind.VirtualHost, [Host("late.test", Answering("late"))]));

        client.ReadUntil("late");
    }

    [Test]
    public void Request_VirtualHostIsKnownToBeNone_FindsNoRoute()
    {
        var client = Get("none.test");

        Tell(() => _source.Change(ResourceKind.VirtualHost, [new Resource("other", "1", null) { Aliases = ["r/none.test"] }]));

        client.ReadUntil("404 Not Found");
    }

    [Test]
    public void Request_VirtualHostHasGone_IsAskedForAgain()
    {
        Get("first.test").ReadUntil("first");
        Tell(() => _source.Change(ResourceKind.VirtualHost, [], "first.test"));

        Get("first.test").ExpectSilence();

        _source.Log.Should().Contain("ask r/first.test");
    }

    [Test]
    public void Hosts_OneDomainTwice_AreRefusedAndTheLastGoOn()
    {
        var faults = new List<string>();
        Tell(() => faults = _source.Change(ResourceKind.VirtualHost, [Host("other", Answering("other"), "first.test")]));

        faults.Should().ContainSingle().Which.Should().Contain("first.test");
        Get("first.test").ReadUntil("first");
    }

    [Test]
    public void Table_Changes_KeepsTheHostsThatCame()
    {
        Tell(() => _source.Answer(ResourceKind.Routes, "2", ("r", new RouteTableConfig
        {
            Name = "r", VirtualHostDiscovery = FakeSource.Config, ValidateClusters = false, VirtualHosts = [new VirtualHostConfig { Name = "own", Domains = ["own.test"], Routes = [Answering("own")] }],
        })));

        Get("first.test").ReadUntil("first");
        Get("own.test").ReadUntil("own");
    }

    [Test]
    public void Request_ClusterIsMissing_WaitsForIt()
    {
        var upstream = _proxy.Listen(new IPEndPoint(IPAddress.Loopback, 9000));
        var client = Forwarded("late");
        _source.Log.Should().Contain("Cluster late");

        Tell(() => _source.Change(ResourceKind.Cluster, [new Resource("late", "1", new ClusterConfig { Name = "late", Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(new SocketAddressConfig(IPAddress.Loopback, 9000))] }] })]));

        upstream.Accept().ReadUntil("GET /");
        client.ExpectSilence();
    }

    [Test]
    public void Request_ClusterNeverComes_Is503AfterTheTimeoutAndAskedForAgain()
    {
        var client = Forwarded("never");
        client.ExpectSilence();

        _proxy.Advance(TimeSpan.FromSeconds(1.1));
        client.ReadUntil("503 Service Unavailable");

        Forwarded("never").ExpectSilence();
        _source.Log.Should().Contain("ask never");
    }

    [Test]
    public void Request_ClusterIsRefused_Is503AtOnce()
    {
        var client = Forwarded("bad");

        Tell(() => _source.Change(ResourceKind.Cluster, [new Resource("bad", "1", null) { Faults = [new ConfigFault("name", "disliked")] }]));

        client.ReadUntil("503 Service Unavailable");
    }

    [Test]
    public void Client_LeavesWhileTheRequestWaits_NothingHappensLater()
    {
        var client = Get("late.test");
        client.Reset();

        Tell(() => _source.Change(ResourceKind.VirtualHost, [Host("late.test", Answering("late"))]));

        Get("late.test").ReadUntil("late");
    }

    private static ListenerConfig Listener() => new()
    {
        Name = "main",
        Addresses = [new SocketAddressConfig(Address.Address, Address.Port)],
        FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("hcm", new HttpConnectionManagerConfig
        {
            StatPrefix = "in",
            RouteDiscovery = new RouteDiscoveryConfig(FakeSource.Config, "r"),
            Filters =
            [
                new FilterConfig("od", new OnDemandConfig { Clusters = FakeSource.Config, ClusterTimeout = TimeSpan.FromSeconds(1) }),
                new FilterConfig("router", new RouterConfig()),
            ],
        })] }],
    };

    private static RouteConfig Answering(string text) => new() { Match = Everything(), Action = new DirectResponseActionConfig(200, text) };

    private static RouteMatchConfig Everything() => new(PathMatchKind.Prefix, "/");

    private static Resource Host(string name, RouteConfig route, string? domain = null) =>
        new($"r/{name}", "1", new VirtualHostConfig { Name = name, Domains = [domain ?? name], Routes = [route] });

    private TestPeer Get(string host) => _proxy.Connect(Address).Send($"GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");

    private TestPeer Forwarded(string cluster)
    {
        Tell(() => _source.Change(ResourceKind.VirtualHost, [Host("to.test", new RouteConfig { Match = Everything(), Action = new ForwardActionConfig { Cluster = cluster } })]));
        return Get("to.test");
    }

    private void Tell(Action action)
    {
        _proxy.Runtime.Run(_proxy.Runtime.Main, action);
        _proxy.Runtime.RunUntilIdle();
    }
}
