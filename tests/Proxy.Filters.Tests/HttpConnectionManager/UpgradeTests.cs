using System.Text;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class UpgradeTests : ManagerFixture
{
    private const string Handshake = "GET /ws HTTP/1.1\r\nhost: a.test\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n";

    private readonly List<ReplyFilter> _filters = [];

    private ReplyFilter Make()
    {
        var filter = new ReplyFilter { Manual = true };
        _filters.Add(filter);
        return filter;
    }

    private void Answer(int status, bool upgrade)
    {
        Runtime.Run(Worker, () => _filters[0].ReplyHead(status, null, endStream: false, more: headers =>
        {
            if (upgrade)
            {
                headers.Set(KnownHeader.Upgrade, "websocket"u8);
                headers.Set(KnownHeader.Connection, "Upgrade"u8);
            }
        }));
    }

    [Test]
    public void Upgrade_NotConfigured_IsRefusedAndClosed()
    {
        Listen(Config(static config => config with { Routes = Table(Prefix("/")) }), Make);
        var peer = Connect().Send(Handshake);
        peer.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 403 ").And.EndWith("connection: close\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(1000);
        peer.ExpectEnd();
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("403 None upgrade_failed ");
        Count(HttpStats.RequestUpgradeRefused).Should().Be(1);
        _filters.Should().BeEmpty();
    }

    [Test]
    public void Upgrade_Configured_CarriesBytesBothWays()
    {
        Listen(Config(static config => config with { Routes = Table(Prefix("/")), Upgrades = [new UpgradeConfig("WebSocket")] }), Make);
        var peer = Connect().Send(Handshake);
        Answer(101, upgrade: true);
        peer.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 101 ").And.Contain("upgrade: websocket\r\nconnection: Upgrade\r\n").And.NotContain("close").And.NotContain("transfer");
        peer.Send("\x01ping");
        _filters[0].Received.ToString().Should().Be("\x01ping");
        Runtime.Run(Worker, () => _filters[0].Stream.SendData("pong"u8, endStream: false));
        peer.Expect("pong");
        Gauge(HttpStats.ConnectionUpgradesActive).Should().Be(1);
        peer.SendEnd();
        _filters[0].EndSeen.Should().BeTrue();
        Gauge(HttpStats.ConnectionUpgradesActive).Should().Be(1);
        Runtime.Run(Worker, () => _filters[0].Stream.SendData("bye"u8, endStream: true));
        peer.Expect("bye").ExpectEnd();
        Gauge(HttpStats.ConnectionUpgradesActive).Should().Be(0);
        Count(HttpStats.ConnectionUpgradesTotal).Should().Be(1);
    }

    [Test]
    public void Upgrade_RefusedByTheUpstream_EndsTheConnection()
    {
        Listen(Config(static config => config with { Upgrades = [new UpgradeConfig("websocket")], Routes = Table(Prefix("/")) }), Make);
        var peer = Connect().Send(Handshake);
        Runtime.Run(Worker, () => _filters[0].Reply(426, "no"));
        Response(peer).Head.Should().StartWith("HTTP/1.1 426 ").And.Contain("connection: close");
        Runtime.Advance(1000);
        peer.ExpectEnd();
    }

    [Test]
    public void Upgrade_RouteAllowsWhatTheManagerDoesNot_Passes()
    {
        var routes = Table(Prefix("/", new ForwardActionConfig { Cluster = "c", Upgrades = [new UpgradeConfig("websocket")] }));
        Listen(Config(config => config with { Routes = routes }), Make);
        Connect().Send(Handshake);
        _filters.Should().ContainSingle().Which.Events.Should().Equal("headers");
    }

    [Test]
    public void Upgrade_RouteForbidsWhatTheManagerAllows_IsRefused()
    {
        var routes = Table(Prefix("/", new ForwardActionConfig { Cluster = "c", Upgrades = [new UpgradeConfig("websocket", Enabled: false)] }));
        Listen(Config(config => config with { Routes = routes, Upgrades = [new UpgradeConfig("websocket")] }), Make);
        Connect().Send(Handshake).ReadUntil("\r\n").Should().Be("HTTP/1.1 403 Forbidden\r\n");
    }

    [Test]
    public void Upgrade_Idle_IsEndedByTheStreamTimeout()
    {
        Listen(Config(static config => config with { Upgrades = [new UpgradeConfig("websocket")], StreamIdleTimeout = TimeSpan.FromSeconds(5) }), Make);
        var peer = Connect().Send(Handshake);
        Answer(101, upgrade: true);
        peer.ReadUntil("\r\n\r\n");
        Runtime.Advance(4000);
        peer.Send("x");
        Runtime.Advance(4999);
        peer.ExpectSilence();
        Runtime.Advance(1001);
        peer.ExpectEnd();
    }

    [TestCase("/.well-known/masque/udp/a.test/53/", "a.test:53")]
    [TestCase("/.well-known/masque/udp/a%2etest/%35/", "a.test:5")]
    [TestCase("/.well-known/masque/udp/2001:db8::1/53/", "[2001:db8::1]:53")]
    public void Udp_TargetInThePath_BecomesTheAuthority(string path, string authority)
    {
        Listen(Config(static config => config with { Upgrades = [new UpgradeConfig("connect-udp")], Routes = Table(Prefix("/")) }), Make);
        Connect().Send(Udp(path));
        Encoding.ASCII.GetString(_filters.Should().ContainSingle().Which.Stream.RequestHeaders.Get(KnownHeader.Authority)).Should().Be(authority);
    }

    [TestCase("/101")]
    [TestCase("/.well-known/masque/udp/a.test/53")]
    [TestCase("/.well-known/masque/udp//53/")]
    [TestCase("/.well-known/masque/udp/a.test//")]
    [TestCase("/.well-known/masque/udp/a.test/53/more/")]
    [TestCase("/.well-known/masque/udp/fe80::1%25eth0/53/")]
    [TestCase("/.well-known/masque/udp/a%0d%0ax:y/53/")]
    public void Udp_WithoutTarget_IsRefused(string path)
    {
        Listen(Config(static config => config with { Upgrades = [new UpgradeConfig("connect-udp")], Routes = Table(Prefix("/")) }), Make);
        var peer = Connect().Send(Udp(path));
        var (head, body) = Response(peer);
        head.Should().StartWith("HTTP/1.1 404 ");
        body.Should().Be("The path is incorrect for CONNECT-UDP");
        AccessLog.Lines.Should().ContainSingle().Which.Should().Contain("invalid_path");
        _filters.Should().BeEmpty();
    }

    private static string Udp(string path) => $"GET {path} HTTP/1.1\r\nhost: proxy.test\r\nconnection: Upgrade\r\nupgrade: connect-udp\r\n\r\n";

    [Test]
    public void Connect_Allowed_BecomesATunnel()
    {
        var routes = Table(new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Connect),
            Action = new ForwardActionConfig { Cluster = "c", Upgrades = [new UpgradeConfig("CONNECT") { TerminateConnect = true }] },
        });
        Listen(Config(config => config with { Routes = routes, Upgrades = [new UpgradeConfig("CONNECT")] }), Make);
        var peer = Connect().Send("CONNECT a.test:443 HTTP/1.1\r\nhost: a.test:443\r\n\r\n");
        Answer(200, upgrade: false);
        peer.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ").And.NotContain("close").And.NotContain("transfer-encoding").And.NotContain("content-length");
        peer.Send("abc");
        _filters[0].Received.ToString().Should().Be("abc");
        Runtime.Run(Worker, () => _filters[0].Stream.SendData("def"u8, endStream: true));
        peer.Expect("def").ExpectEnd();
        peer.Send("ghi");
        _filters[0].Received.ToString().Should().Be("abcghi");
        peer.SendEnd();
        AccessLog.Lines.Should().ContainSingle();
        Accepted[0].State.Should().Be(ConnectionState.Closed);
    }

    [Test]
    public void Connect_AnsweredHere_Ends()
    {
        var routes = Table(new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Connect), Action = new ForwardActionConfig { Cluster = "c" } });
        Listen(Config(config => config with { Routes = routes, Upgrades = [new UpgradeConfig("CONNECT")] }), Make);
        var peer = Connect().Send("CONNECT a.test:443 HTTP/1.1\r\nhost: a.test:443\r\n\r\n");
        Runtime.Run(Worker, () => _filters[0].Stream.SendLocalReply(200, "none"u8, "own_answer"));
        peer.ReadUntil("none").Should().StartWith("HTTP/1.1 200 ");
        peer.ExpectEnd();
        AccessLog.Lines.Should().ContainSingle();
    }
}
