using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Core.Tests.Listeners;
using Proxy.Hosting;
using Proxy.Listeners.ProxyProtocol;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Testing;

namespace Proxy.Core.Tests.Resources;

/// <summary>Listener filters whose configuration comes from a source.</summary>
public sealed class ListenerFilterDiscoveryTests : IDisposable
{
    private const string Header = "PROXY TCP4 10.1.1.1 10.1.1.2 1000 80\r\n";
    private const string Stats = "extension_config_discovery.tcp_listener_filter.pp.";

    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 10000);
    private static readonly DiscoveredFilterConfig Discovered = new(FakeSource.Config, ["Pp"]);

    private readonly FakeSource _source = new();
    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;

    public ListenerFilterDiscoveryTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IResourceSourceFactory>(_source);
        services.AddProxy(static proxy => proxy.Dynamic = new DynamicResourcesConfig { Listeners = FakeSource.Config })
            .AddNetworkFilter<EchoMarkFactory>().AddListenerFilter<ProxyProtocolFilterFactory>();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Begin(_services);
    }

    [TearDown]
    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [Test]
    public void Listener_WaitsForTheConfiguration_AndNewConnectionsHaveTheLatest()
    {
        Serve(Listener());
        _proxy.Server.State.Should().Be(ServerState.Initializing);

        Bring("1", new ProxyProtocolConfig());
        _proxy.Server.State.Should().Be(ServerState.Live);
        _proxy.Connect(Address).Send(Header + "x").Expect("inside@0:x");

        Bring("2", new ProxyProtocolConfig { DisallowVersion1 = true });
        _proxy.Connect(Address).Send(Header + "x").ExpectEnd();
        Count(Stats + "config_reload").Should().Be(2);
    }

    [Test]
    public void Connection_WithoutAConfiguration_IsClosedAndCounted()
    {
        Serve(Listener());
        OnMain(() => _source.GiveUp(ResourceKind.Extension));

        _proxy.Connect(Address).ExpectEnd();

        Count("listener.127.0.0.1_10000.extension_config_missing").Should().Be(1);
        Count("listener.127.0.0.1_10000.downstream_cx_total").Should().Be(0);
        _proxy.Server.Stats.Reader.Read(static name => name == "listener.127.0.0.1_10000.downstream_pre_cx_active").Gauges.Single().Value.Should().Be(0);
        _proxy.Server.Listeners.Single().Connections.Should().Be(0);
    }

    [Test]
    public void Listener_ChainsUpdatedInPlace_KeepsItsFilters_AndGivesThemBackAtItsEnd()
    {
        Serve(Listener());
        Bring("1", new ProxyProtocolConfig());

        Serve(Listener() with { DefaultFilterChain = Chain("other") });
        _proxy.Connect(Address).Send("PROXY TCP4 11.1.1.1 10.1.1.2 1000 80\r\nx").Expect("other@0:x");
        _source.Log.Should().NotContain("end Extension pp");

        OnMain(() => _source.Answer(ResourceKind.Listener, "3"));
        _proxy.Advance(TimeSpan.FromSeconds(700));
        _source.Log.Should().ContainSingle(static line => line == "end Extension pp");
    }

    private static ListenerConfig Listener() => new()
    {
        Name = "main",
        Addresses = [AddressConfig.Of(Address.Address, Address.Port)],
        ListenerFilters = [new FilterConfig("pp", Discovered)],
        FilterChains = [Chain("inside") with { Match = new FilterChainMatchConfig { SourcePrefixes = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] } }],
        DefaultFilterChain = Chain("outside"),
    };

    private static FilterChainConfig Chain(string mark) => new() { Filters = [new FilterConfig("echo", new EchoMark(mark))] };

    private void Serve(ListenerConfig listener) => OnMain(() => _source.Answer(ResourceKind.Listener, "1", ("main", listener)).Should().BeEmpty());

    private void Bring(string version, ProxyProtocolConfig config) =>
        OnMain(() => _source.Answer(ResourceKind.Extension, version, ("pp", new ExtensionConfig("Pp", config))).Should().BeEmpty());

    private void OnMain(Action step)
    {
        _proxy.Runtime.Run(_proxy.Runtime.Main, step);
        _proxy.Runtime.RunUntilIdle();
    }

    private double Count(string name) => _proxy.Server.Stats.Reader.Read(full => full == name).Counters.Single().Value;
}
