using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Core.Tests.Listeners;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Testing;

namespace Proxy.Core.Tests.Resources;

/// <summary>Listeners of a source that wait for resources while an older version of them serves.</summary>
public sealed class ListenerWarmingTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 10000);
    private static readonly DiscoveredFilterConfig Discovered = new(FakeSource.Config, ["Echo"]);

    private readonly FakeSource _source = new();
    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;

    public ListenerWarmingTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IResourceSourceFactory>(_source);
        services.AddProxy(static proxy => proxy.Dynamic = new DynamicResourcesConfig { Listeners = FakeSource.Config }).AddNetworkFilter<EchoMarkFactory>();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Begin(_services);
        Answer("1", Listener(Chain("old")));
    }

    [TearDown]
    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [Test]
    public void ChainsThatWait_ShowAsWarming_AndTheOldOnesServe()
    {
        Answer("2", Listener(Waiting("new")));

        Gauge("total_listeners_warming").Should().Be(1);
        Count("listener_in_place_updated").Should().Be(1);
        _proxy.Server.Dynamic.WarmingListeners.Should().ContainSingle().Which.Model.Config.Name.Should().Be("main");
        _proxy.Server.Dynamic.Unready.Should().ContainSingle().Which.Should().StartWith("listener main: ");
        _proxy.Connect(Address).Send("x").Expect("old@0:x");

        Bring("new");

        Gauge("total_listeners_warming").Should().Be(0);
        _proxy.Connect(Address).Send("x").Expect("new@0:x");
    }

    [Test]
    public void ChainsThatWait_OldOnesAskedForAgain_AreGivenUpAndNothingDrains()
    {
        var client = _proxy.Connect(Address).Send("1").Expect("old@0:1");
        Answer("2", Listener(Waiting("new")));

        Answer("3", Listener(Chain("old")));

        Gauge("total_listeners_warming").Should().Be(0);
        Count("listener_modified").Should().Be(2);
        _source.Log.Should().Contain("end Extension new");
        _proxy.Advance(TimeSpan.FromSeconds(700));
        client.Send("2").Expect("old@0:2");
    }

    [Test]
    public void ListenerThatWaits_OldOneAskedForAgain_IsGivenUpAndNothingDrains()
    {
        var client = _proxy.Connect(Address).Send("1").Expect("old@0:1");
        Answer("2", Listener(Waiting("new")) with { Backlog = 7 });
        Gauge("total_listeners_warming").Should().Be(1);

        Answer("3", Listener(Chain("old")));

        Gauge("total_listeners_warming").Should().Be(0);
        _source.Log.Should().Contain("end Extension new");
        _proxy.Advance(TimeSpan.FromSeconds(700));
        client.Send("2").Expect("old@0:2");
    }

    [Test]
    public void ListenerThatWaits_OnlyChainsAskedForThen_IsUpdatedInPlace()
    {
        Answer("2", Listener(Waiting("whole")) with { Backlog = 7 });

        Answer("3", Listener(Chain("chains")));

        Count("listener_in_place_updated").Should().Be(1);
        Gauge("total_listeners_warming").Should().Be(0);
        _source.Log.Should().Contain("end Extension whole");
        _proxy.Connect(Address).Send("x").Expect("chains@0:x");
    }

    [Test]
    public void ChainsThatWait_WholeListenerAskedForThen_AreGivenUp()
    {
        Answer("2", Listener(Waiting("chains")));

        Answer("3", Listener(Chain("whole")) with { Backlog = 7 });

        _source.Log.Should().Contain("end Extension chains");
        _proxy.Connect(Address).Send("x").Expect("whole@0:x");
    }

    [Test]
    public void ChainsThatWait_ListenerGone_AreGivenUpAtOnce()
    {
        Answer("2", Listener(Waiting("new")));

        Answer("3");

        _source.Log.Should().Contain("end Extension new");
        Gauge("total_listeners_warming").Should().Be(0);
        Count("listener_removed").Should().Be(1);
    }

    [Test]
    public void Update_ReusePortChanged_IsRefused()
    {
        var faults = Answer("2", Listener(Chain("new")) with { ReusePort = false });

        faults.Should().Equal("main.enable_reuse_port: cannot be changed by an update");
        _proxy.Connect(Address).Send("x").Expect("old@0:x");
    }

    [Test]
    public void Update_NothingChanges_KeepsTheVersion()
    {
        Answer("2", Listener(Chain("old")));
        _proxy.Server.Dynamic.Listeners!.Version.Should().Be("1");

        Answer("3", Listener(Chain("new")));
        _proxy.Server.Dynamic.Listeners!.Version.Should().Be("3");
    }

    [Test]
    public async Task Update_ListenersWereStopped_OpensNothing()
    {
        await StopAsync(inboundOnly: false);

        Answer("2", Listener(Chain("new")) with { Backlog = 7 });

        _proxy.Connect(Address).ExpectClosed(CloseKind.ConnectFailed);
        _proxy.Server.Dynamic.Listeners!.Version.Should().Be("1");
    }

    [Test]
    public async Task Update_OnlyInboundListenersWereStopped_OpensOthers()
    {
        await StopAsync(inboundOnly: true);

        Answer("2", Listener(Chain("new")) with { Backlog = 7 });

        _proxy.Connect(Address).Send("x").Expect("new@0:x");
    }

    private async Task StopAsync(bool inboundOnly)
    {
        var stopping = _proxy.Server.DrainListenersAsync(graceful: false, inboundOnly);
        _proxy.Runtime.RunUntilIdle();
        await stopping;
    }

    private static ListenerConfig Listener(FilterChainConfig chain) => new()
    {
        Name = "main",
        Addresses = [AddressConfig.Of(Address.Address, Address.Port)],
        FilterChains = [chain],
    };

    private static FilterChainConfig Chain(string mark) => new() { Filters = [new FilterConfig("echo", new EchoMark(mark))] };

    private static FilterChainConfig Waiting(string name) => new() { Filters = [new FilterConfig(name, Discovered)] };

    private List<string> Answer(string version, params ListenerConfig[] listeners)
    {
        List<string> faults = [];
        OnMain(() => faults = _source.Answer(ResourceKind.Listener, version, [.. listeners.Select(static listener => (listener.Name, (object?)listener))]));
        return faults;
    }

    private void Bring(string name) =>
        OnMain(() => _source.Answer(ResourceKind.Extension, "1", (name, new ExtensionConfig("Echo", new EchoMark(name)))).Should().BeEmpty());

    private void OnMain(Action step)
    {
        _proxy.Runtime.Run(_proxy.Runtime.Main, step);
        _proxy.Runtime.RunUntilIdle();
    }

    private double Count(string name) => _proxy.Server.Stats.Reader.Read(full => full == "listener_manager." + name).Counters.Single().Value;

    private double Gauge(string name) => _proxy.Server.Stats.Reader.Read(full => full == "listener_manager." + name).Gauges.Single().Value;
}
