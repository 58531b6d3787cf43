using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Listeners.ProxyProtocol;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Core.Tests.Listeners;

public sealed class ProxyServerTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 10000);

    private ServiceProvider? _services;
    private TestProxy? _proxy;

    [Test]
    public void Connection_MatchingChain_IsServedAndCounted()
    {
        var proxy = Start(Listener("a"));

        proxy.Connect(Address).Send("hi").Expect("a@0:hi").Close();
        proxy.Runtime.RunUntilIdle();

        Read(ListenerStats.ConnectionTotal).Should().Be(1);
        Read(ListenerStats.ConnectionDestroy).Should().Be(1);
        proxy.Server.State.Should().Be(ServerState.Live);
        proxy.Server.Listeners.Should().ContainSingle().Which.Connections.Should().Be(0);
    }

    [Test]
    public void Connection_AboveTheLimit_IsClosedAndCountedUntilThereIsRoom()
    {
        var proxy = Start(Listener("a") with { ConnectionLimit = 1 });
        var first = proxy.Connect(Address).Send("1").Expect("a@0:1");

        proxy.Connect(Address).ExpectEnd();
        Read(ListenerStats.ConnectionOverflow).Should().Be(1);

        first.Close();
        proxy.Connect(Address).Send("2").Expect("a@0:2");
    }

    [Test]
    public void Connection_LimitInRuntime_HoldsForTheListenerItNames()
    {
        var proxy = Start(options => options.Runtime.Add(new RuntimeValue("envoy.resource_limits.listener.main.connection_limit", "1")), Listener("a"));
        proxy.Connect(Address).Send("1").Expect("a@0:1");

        proxy.Connect(Address).ExpectEnd();
    }

    [Test]
    public void Connection_KnowsItsListenerAndChain()
    {
        var listener = Listener("a");
        var proxy = Start(listener with
        {
            Direction = TrafficDirection.Outbound,
            Metadata = [new("ns", """{"k": "of-listener"}""")],
            FilterChains = [listener.FilterChains[0] with { Name = "chain", Metadata = [new("ns", """{"k": "of-chain"}""")] }],
        });

        proxy.Connect(Address).Send("who").Expect("Outbound of-listener chain of-chain");
    }

    [Test]
    public void Update_MetadataIsNoObject_IsRefused()
    {
        var proxy = Start(Listener("good"));
        var bad = Listener("bad") with { Metadata = [new("ns", "5")], FilterChains = [Chain("bad") with { Metadata = [new("ns", "[]")] }] };

        var update = () => proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [bad] }));

        update.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.ToString()).Should().BeEquivalentTo(
            "listeners[0].metadata.ns: must be a JSON object", "listeners[0].filter_chains[0].metadata.ns: must be a JSON object");
        proxy.Connect(Address).Send("x").Expect("good@0:x");
    }

    [Test]
    public void Connection_NoChainMatches_IsClosedAndCounted()
    {
        var chain = Chain("a") with { Match = new FilterChainMatchConfig { DestinationPort = 1 } };
        var proxy = Start(Listener("a") with { FilterChains = [chain] });

        proxy.Connect(Address).ExpectEnd();

        Read(ListenerStats.NoFilterChainMatch).Should().Be(1);
        Read(ListenerStats.ConnectionTotal).Should().Be(0);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void ListenerFilter_TakesTooLong_ClosesOrGoesOnAsConfigured(bool goOn)
    {
        var proxy = Start(Listener("a") with
        {
            ListenerFilters = [new FilterConfig("pp", new ProxyProtocolConfig())],
            ListenerFiltersTimeout = TimeSpan.FromSeconds(3),
            ContinueOnListenerFiltersTimeout = goOn,
        });
        var client = proxy.Connect(Address);

        proxy.Advance(TimeSpan.FromSeconds(2.9));
        client.IsOpen.Should().BeTrue();
        proxy.Advance(TimeSpan.FromSeconds(0.2));

        Read(ListenerStats.PreConnectionTimeout).Should().Be(1);
        if (goOn)
        {
            client.Send("late").Expect("a@0:late");
        }
        else
        {
            client.ExpectEnd();
        }
    }

    [Test]
    public void ListenerFilter_ProxyProtocol_ChangesWhoThePeerIsBeforeTheChainIsChosen()
    {
        var inside = Chain("inside") with { Match = new FilterChainMatchConfig { SourcePrefixes = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] } };
        var proxy = Start(Listener("outside") with
        {
            FilterChains = [Chain("outside"), inside],
            ListenerFilters = [new FilterConfig("pp", new ProxyProtocolConfig())],
        });

        proxy.Connect(Address).SendByteByByte("PROXY TCP4 10.1.1.1 10.1.1.2 1000 80\r\n").Send("x").Expect("inside@0:x");
        proxy.Connect(Address).Send("PROXY TCP4 11.1.1.1 10.1.1.2 1000 80\r\nx").Expect("outside@0:x");
    }

    [Test]
    public void ExactBalance_SixConnectionsOverThreeWorkers_AreTwoEach()
    {
        var proxy = Start(static _ => { }, 3, Listener("a") with { ExactBalance = true });

        var served = Enumerable.Range(0, 6).Select(_ => proxy.Connect(Address).Send("x").Take()).ToArray();

        served.GroupBy(static text => text).Should().HaveCount(3).And.OnlyContain(static group => group.Count() == 2);
    }

    [Test]
    public void Update_ListenerChanged_NewConnectionsGetTheNewChainAndOldOnesDrain()
    {
        var proxy = Start(options => options.Drain = new DrainOptions { Time = TimeSpan.FromSeconds(60) }, Listener("old"));
        var old = proxy.Connect(Address).Send("1").Expect("old@0:1");

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [Listener("new")] }));

        proxy.Connect(Address).Send("2").Expect("new@0:2");
        old.Send("3").Expect("old@0:3");
        proxy.Advance(TimeSpan.FromSeconds(61));
        old.IsOpen.Should().BeFalse("the drain time is over");
    }

    [Test]
    public void Update_SameConfiguration_TouchesNothing()
    {
        var proxy = Start(Listener("a"));
        var client = proxy.Connect(Address).Send("1").Expect("a@0:1");

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [Listener("a")] }));

        client.Send("2").Expect("a@0:2");
        proxy.Advance(TimeSpan.FromHours(1));
        client.IsOpen.Should().BeTrue();
    }

    [Test]
    public void Update_ListenerGone_RefusesNewConnections()
    {
        var proxy = Start(Listener("a"));

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [] }));

        proxy.Connect(Address).ExpectClosed(CloseKind.ConnectFailed);
    }

    [Test]
    public void Update_BrokenRules_ReportsAllOfThemAndTheLastGoodStateGoesOn()
    {
        var proxy = Start(Listener("good"));
        var bad = new[] { Listener("") with { Name = "x" }, Listener("b") with { Name = "y", Addresses = [At(10001)], FilterChains = [Chain("c"), Chain("d")] } };

        var update = () => proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = bad.ToConfigList() }));

        update.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "listeners[0].filter_chains[0].filters[0].mark", "listeners[1].filter_chains[1].filter_chain_match");
        proxy.Connect(Address).Send("x").Expect("good@0:x");
    }

    [Test]
    public void Update_ListenerReplaced_KeepsCountingAndDropsWhatIsGoneWhenDrained()
    {
        var proxy = Start(options => options.Drain = new DrainOptions { Time = TimeSpan.FromSeconds(60) }, Listener("old"));
        proxy.Connect(Address).Send("1").Expect("old@0:1");

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [Listener("new")] }));
        proxy.Connect(Address).Send("2").Expect("new@0:2");

        Read(ListenerStats.ConnectionTotal).Should().Be(2, "the listener has kept its name");
        StatPrefixes("echo.").Should().Equal("echo.new.", "echo.old.");
        proxy.Advance(TimeSpan.FromSeconds(61));
        StatPrefixes("echo.").Should().Equal("echo.new.");
        Read(ListenerStats.ConnectionTotal).Should().Be(2);

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [] }));
        proxy.Advance(TimeSpan.FromSeconds(61));
        StatPrefixes("echo.").Should().BeEmpty();
        StatPrefixes("listener.").Should().BeEmpty();
    }

    [Test]
    public void Start_TwoListenersCountUnderOnePrefix_ShareTheirNumbers()
    {
        var proxy = Start(Listener("same"), Listener("same") with { Name = "other", Addresses = [At(10001)] });
        proxy.Connect(Address).Send("1").Expect("same@0:1");
        proxy.Connect(new IPEndPoint(IPAddress.Loopback, 10001)).Send("1").Expect("same@0:1");

        StatPrefixes("echo.").Should().Equal("echo.same.");
        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = [Listener("same")] }));
        proxy.Advance(TimeSpan.FromHours(1));

        StatPrefixes("echo.").Should().Equal("echo.same.");
        proxy.Server.Stats.Snapshot().Single(static group => group.Prefix == "echo.same.").Shard(proxy.Runtime.Workers[0]).Read(new CounterId(0)).Should().Be(2);
    }

    [Test]
    public void Update_AddressOfAnotherListener_IsRefused()
    {
        var proxy = Start(Listener("a"));
        var same = new[] { Listener("a"), Listener("b") with { Name = "other" }, Listener("c") with { Name = "third", Addresses = [At(10001), At(10000)] } };

        var update = () => proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = same.ToConfigList() }));

        update.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.ToString()).Should().Equal(
            "listeners[1].address: listener 'main' has the address 127.0.0.1:10000 too",
            "listeners[2].address: listener 'main' has the address 127.0.0.1:10000 too");
    }

    [Test]
    public void Update_SameNameTwiceOrPortsThatArePicked_Pass()
    {
        var proxy = Start(Listener("a"));
        var fine = new[] { Listener("a"), Listener("b"), Listener("c") with { Name = "x", Addresses = [At(0)] }, Listener("d") with { Name = "y", Addresses = [At(0)] } };

        proxy.Run(proxy.Server.UpdateAsync(proxy.Server.Config with { Listeners = fine.ToConfigList() }));

        proxy.Server.Listeners.Select(static listener => listener.Config.Name).Should().BeEquivalentTo("main", "x", "y");
        proxy.Connect(Address).Send("1").Expect("a@0:1");
    }

    [Test]
    public void Stop_IdleAndBusyConnections_IdleOnesEndAtOnceBusyOnesGetTheGrace()
    {
        var proxy = Start(Listener("a"));
        var idle = proxy.Connect(Address).Send("x").Expect("a@0:x");
        var busy = proxy.Connect(Address).Send("busy").Expect("a@0:busy");

        var stopped = proxy.Server.StopAsync(TimeSpan.FromSeconds(5));
        proxy.Runtime.RunUntilIdle();

        idle.ExpectEnd();
        busy.IsOpen.Should().BeTrue();
        proxy.Connect(Address).ExpectClosed(CloseKind.ConnectFailed);
        proxy.Advance(TimeSpan.FromSeconds(6));
        busy.IsOpen.Should().BeFalse();
        stopped.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void DrainListeners_TakesNoNewConnectionsAndLeavesOldOnesAlone()
    {
        var proxy = Start(Listener("a"));
        var client = proxy.Connect(Address).Send("1").Expect("a@0:1");

        proxy.Run(proxy.Server.DrainListenersAsync(graceful: false, inboundOnly: false));

        proxy.Connect(Address).ExpectClosed(CloseKind.ConnectFailed);
        client.Send("2").Expect("a@0:2");
    }

    public void Dispose()
    {
        _proxy?.Dispose();
        _services?.Dispose();
    }

    private static ListenerConfig Listener(string mark) => new()
    {
        Name = "main",
        Addresses = [AddressConfig.Of(Address.Address, Address.Port)],
        FilterChains = [Chain(mark)],
    };

    private static AddressConfig At(int port) => AddressConfig.Of(Address.Address, port);

    private IEnumerable<string> StatPrefixes(string start)
    {
        return _proxy!.Server.Stats.Snapshot().Select(static group => group.Prefix).Where(prefix => prefix.StartsWith(start, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    private static FilterChainConfig Chain(string mark) => new() { Filters = [new FilterConfig("echo", new EchoMark(mark))] };

    [TestCase(true, ServerState.Draining)]
    [TestCase(false, ServerState.Live)]
    public void Start_FlagFile_SaysWhetherHealthChecksFail(bool exists, ServerState state)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            if (exists)
            {
                File.WriteAllText(Path.Combine(folder.FullName, "drain"), "");
            }

            var proxy = Start(options => options.FlagsPath = folder.FullName, Listener("a"));

            proxy.Server.State.Should().Be(state);
            proxy.Server.Drain.HealthCheckFailed.Should().Be(exists);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private TestProxy Start(params ListenerConfig[] listeners) => Start(static _ => { }, listeners);

    private TestProxy Start(Action<ProxyOptions> configure, params ListenerConfig[] listeners) => Start(configure, 1, listeners);

    private TestProxy Start(Action<ProxyOptions> configure, int workers, params ListenerConfig[] listeners)
    {
        var services = new ServiceCollection();
        services.AddProxy(proxy =>
        {
            foreach (var listener in listeners)
            {
                proxy.Listeners.Add(listener);
            }

            configure(proxy);
        }).AddNetworkFilter<EchoMarkFactory>().AddListenerFilter<ProxyProtocolFilterFactory>();
        _services = services.BuildServiceProvider();
        return _proxy = TestProxy.Start(_services, workers: workers);
    }

    private long Read(CounterId id)
    {
        var group = _proxy!.Server.Stats.Snapshot().Single(static group => group.Prefix == "listener.127.0.0.1_10000.");
        return _proxy.Runtime.Workers.Sum(worker => group.Shard(worker).Read(id));
    }
}
