using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Filters.Network.ConnectionLimit;
using Proxy.Filters.Network.Echo;
using Proxy.Filters.Tests.TcpProxy;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Tests.ConnectionLimit;

public sealed class ConnectionLimitFilterTests : TcpProxyFixture
{
    private static readonly ConnectionLimitConfig One = new() { StatPrefix = "cl", MaxConnections = 1 };

    [Test]
    public void Connection_OverTheLimit_IsClosedUntilThereIsRoom()
    {
        Start(One);
        var first = Connect().Send("a").Expect("a");

        Connect().ExpectEnd();
        Stat("connection_limit.cl.limited_connections").Should().Be(1);
        Stat("connection_limit.cl.active_connections").Should().Be(1);

        first.Close();
        Connect().Send("b").Expect("b");
        Stat("connection_limit.cl.limited_connections").Should().Be(1);
    }

    [Test]
    public void Connection_OverTheLimitWithDelay_IsHeldWithoutBeingServed()
    {
        Start(One with { Delay = TimeSpan.FromSeconds(2) });
        Connect();

        var second = Connect().Send("b");
        second.ExpectSilence();
        Runtime.Advance(1_900);
        second.IsOpen.Should().BeTrue();
        Runtime.Advance(200);

        second.ExpectEnd();
        Stat("connection_limit.cl.active_connections").Should().Be(1);
    }

    [Test]
    public void Connection_LimitSwitchedOff_IsServed()
    {
        Start(One with { Enabled = new RuntimeFlagConfig(true, "limits") }, new RuntimeValue("limits", "false"));
        Connect();

        Connect().Send("b").Expect("b");
        Stat("connection_limit.cl.active_connections").Should().Be(2);
    }

    [Test]
    public void Prepare_BrokenRules_ListsThem()
    {
        var prepare = () => new ConnectionLimitFactory().Prepare(new ConnectionLimitConfig { StatPrefix = "", MaxConnections = 0 }, Context());

        prepare.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal("stat_prefix", "max_connections");
    }

    private void Start(ConnectionLimitConfig config, params RuntimeValue[] runtime)
    {
        var create = new ConnectionLimitFactory().Prepare(config, Context() with { Runtime = new RuntimeSnapshot(runtime) });
        Worker.Listen(new ListenRequest(Front), new Acceptor(connection => [create(Worker), new EchoFilter()]));
    }

    private sealed class Acceptor(Func<Connection, NetworkFilter[]> create) : IAcceptHandler
    {
        public void OnAccepted(Connection connection) => new NetworkFilterChain(connection, create(connection)).Start();
    }
}
