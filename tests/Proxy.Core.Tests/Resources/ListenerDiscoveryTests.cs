using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Core.Tests.Listeners;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Testing;

namespace Proxy.Core.Tests.Resources;

/// <summary>Listeners that come from a source.</summary>
public sealed class ListenerDiscoveryTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 10000);
    private static readonly IPEndPoint Other = new(IPAddress.Loopback, 10001);
    private static readonly IPEndPoint Third = new(IPAddress.Loopback, 10002);

    private readonly FakeSource _source = new();
    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;

    public ListenerDiscoveryTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IResourceSourceFactory>(_source);
        services.AddProxy(proxy =>
        {
            proxy.Dynamic = new DynamicResourcesConfig { Listeners = FakeSource.Config };
            proxy.Drain = new Proxy.Listeners.DrainOptions { Time = TimeSpan.FromSeconds(10), Gradual = false };
        }).AddNetworkFilter<EchoMarkFactory>();
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
    public void Start_BeforeTheFirstAnswer_IsInitializing()
    {
        _proxy.Server.State.Should().Be(ServerState.Initializing);

        Answer("1", Listener("a"));

        _proxy.Server.State.Should().Be(ServerState.Live);
        _proxy.Connect(Address).Send("hi").Expect("a@0:hi");
    }

    [Test]
    public void Start_NoFirstAnswer_IsLiveWithoutListeners()
    {
        _proxy.Runtime.Run(_proxy.Runtime.Main, () => _source.GiveUp(ResourceKind.Listener));
        _proxy.Runtime.RunUntilIdle();

        _proxy.Server.State.Should().Be(ServerState.Live);
        _proxy.Server.Listeners.Should().BeEmpty();
    }

    [Test]
    public void Answer_ListenerGone_TakesNoMoreAndDrains()
    {
        Answer("1", Listener("a"));
        var client = _proxy.Connect(Address).Send("1 busy").Expect("a@0:1 busy");

        Answer("2");

        _proxy.Server.Listeners.Should().BeEmpty();
        client.Send("2 busy").Expect("a@0:2 busy");
        Gauge("total_listeners_draining").Should().Be(1);
        _proxy.Advance(TimeSpan.FromSeconds(11));
        client.ExpectEnd();
        Gauge("total_listeners_draining").Should().Be(0);
    }

    [Test]
    public void Answer_OnlyChainsDiffer_ConnectionsOfEqualOnesLiveOn()
    {
        var kept = Chain("kept") with { Match = new FilterChainMatchConfig { SourceType = ConnectionSourceType.External } };
        var listener = Listener("a") with { FilterChains = [Chain("a"), kept] };
        Answer("1", listener);
        var client = _proxy.Connect(Address).Send("1 busy").Expect("a@0:1 busy");

        Answer("2", listener with { FilterChains = [Chain("b"), kept] });

        Count("listener_in_place_updated").Should().Be(1);
        Gauge("total_filter_chains_draining").Should().Be(1);
        client.Send("2 busy").Expect("a@0:2 busy");
        _proxy.Connect(Address).Send("new").Expect("b@0:new");
        _proxy.Advance(TimeSpan.FromSeconds(11));
        client.ExpectEnd();
        Gauge("total_filter_chains_draining").Should().Be(0);
        Count("listener_modified").Should().Be(1);
    }

    [Test]
    public void Answer_InPlaceAndChainUntouched_KeepsItsConnections()
    {
        var other = Chain("x") with { Match = new FilterChainMatchConfig { SourceType = ConnectionSourceType.External } };
        Answer("1", Listener("a") with { FilterChains = [Chain("a"), other] });
        var client = _proxy.Connect(Address).Send("1").Expect("a@0:1");

        Answer("2", Listener("a"));
        _proxy.Advance(TimeSpan.FromSeconds(11));

        client.Send("2").Expect("a@0:2");
    }

    [Test]
    public void Answer_AddressChanges_ReplacesTheListener()
    {
        Answer("1", Listener("a"));

        Answer("2", Listener("b") with { Addresses = [AddressConfig.Of(Other.Address, Other.Port)] });

        _proxy.Connect(Other).Send("1").Expect("b@0:1");
        Count("listener_in_place_updated").Should().Be(0);
        Count("listener_modified").Should().Be(1);
    }

    [Test]
    public void Answer_OneCannotBeBuilt_OthersAreTakenAndItsLastStateGoesOn()
    {
        Answer("1", Listener("a"));

        var faults = Answer("2", Listener(""), Listener("b") with { Name = "other", Addresses = [AddressConfig.Of(Other.Address, Other.Port)] });

        faults.Should().Equal("main.filter_chains[0].filters[0].mark: required");
        _proxy.Connect(Address).Send("1").Expect("a@0:1");
        _proxy.Connect(Other).Send("1").Expect("b@0:1");
    }

    [Test]
    public void Whole_OneCannotBeBuilt_NothingIsTakenAndNoneIsRemoved()
    {
        Answer("1", Listener("a"));
        _source.IsWhole = true;

        Answer("2", At(Other, "b", "other"), At(Third, "", "third")).Should().Equal("third.filter_chains[0].filters[0].mark: required");

        _proxy.Connect(Address).Send("1").Expect("a@0:1");
        _proxy.Server.Listeners.Should().ContainSingle();
        Count("listener_added").Should().Be(1);
    }

    [Test]
    public void Whole_AddressOrNameOfAnother_NothingIsTaken()
    {
        _source.IsWhole = true;

        Answer("1", Listener("a"), At(Address, "b", "other"), At(Third, "c", "third"), At(Third, "d", "third")).Should()
            .Equal("other.address: listener 'main' has the address 127.0.0.1:10000 too", "third: another listener has this name");

        _proxy.Server.Listeners.Should().BeEmpty();
    }

    [Test]
    public void Whole_ListenerGone_LeavesItsAddressToAnother()
    {
        Answer("1", Listener("a"), At(Other, "x", "gone"));
        _source.IsWhole = true;

        Answer("2", At(Address, "b", "other")).Should().BeEmpty();

        _proxy.Connect(Address).Send("1").Expect("b@0:1");
        _proxy.Server.Listeners.Should().ContainSingle();
        Count("listener_removed").Should().Be(2);
    }

    [Test]
    public void Whole_Again_ChangesNothing()
    {
        _source.IsWhole = true;
        Answer("1", Listener("a"));

        Answer("2", Listener("a")).Should().BeEmpty();

        Count("listener_added").Should().Be(1);
        Count("listener_modified").Should().Be(0);
    }

    [Test]
    public void Answer_AddressOfAnother_IsRefused()
    {
        var faults = Answer("1", Listener("a"), Listener("b") with { Name = "other" });

        faults.Should().ContainSingle().Which.Should().StartWith("other.address: listener 'main' has the address");
        _proxy.Connect(Address).Send("1").Expect("a@0:1");
    }

    private static ListenerConfig Listener(string mark) => new()
    {
        Name = "main",
        Addresses = [AddressConfig.Of(Address.Address, Address.Port)],
        FilterChains = [Chain(mark)],
    };

    private static ListenerConfig At(IPEndPoint address, string mark, string name) => Listener(mark) with { Name = name, Addresses = [AddressConfig.Of(address.Address, address.Port)] };

    private static FilterChainConfig Chain(string mark) => new() { Filters = [new FilterConfig("echo", new EchoMark(mark))] };

    private List<string> Answer(string version, params ListenerConfig[] listeners)
    {
        List<string> faults = [];
        _proxy.Runtime.Run(_proxy.Runtime.Main, () =>
            faults = _source.Answer(ResourceKind.Listener, version, [.. listeners.Select(listener => (listener.Name, (object?)listener))]));
        _proxy.Runtime.RunUntilIdle();
        return faults;
    }

    private double Count(string name) => _proxy.Server.Stats.Reader.Read(full => full == "listener_manager." + name).Counters.Single().Value;

    private double Gauge(string name) => _proxy.Server.Stats.Reader.Read(full => full == "listener_manager." + name).Gauges.Single().Value;
}
