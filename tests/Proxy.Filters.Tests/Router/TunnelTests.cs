using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TunnelTests : RouterFixture
{
    private const string Upgrade = "connection: Upgrade\r\nupgrade: websocket\r\n";

    [Test]
    public void Router_UpgradeAccepted_BecomesATunnelWithoutTimeout()
    {
        Start(Table(To("app")), null, static config => config with { Upgrades = [new UpgradeConfig("websocket")] });
        var client = Client().Send(Get("/chat", Upgrade));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n").Should().Contain("upgrade: websocket");
        upstream.Send("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\nhi");

        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 101 ");
        client.Expect("hi").Send("ping");
        upstream.Expect("ping").Send("pong");
        client.Expect("pong");
        Runtime.Advance(60_000);

        client.Send("still here");
        upstream.Expect("still here");
    }

    [Test]
    public void Router_ConnectEndsHere_CarriesPlainBytes()
    {
        var connect = new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Connect),
            Action = new ForwardActionConfig { Cluster = "app", Upgrades = [new UpgradeConfig("CONNECT") { TerminateConnect = true }] },
        };
        Start(Table(connect), null, static config => config with { Upgrades = [new UpgradeConfig("CONNECT")] });
        var client = Client().Send("CONNECT target.test:443 HTTP/1.1\r\nhost: target.test:443\r\n\r\n");
        var upstream = Upstream.Accept();

        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 OK\r\n").And.NotContain("content-length").And.NotContain("transfer-encoding");
        client.Send("hello");
        upstream.Expect("hello").Send("world");
        client.Expect("world");

        upstream.Close();
        Runtime.Advance(1_010);

        client.IsOpen.Should().BeFalse();
        Log.Should().Equal("200 - via_upstream");
    }

    [Test]
    public void Router_SlowClient_StopsTheUpstream()
    {
        Start(To("app"));
        var client = Client();
        client.PauseReading().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n");

        var sent = 0;
        while (upstream.Connection.PendingBytes == 0 && sent < 50_000_000)
        {
            upstream.Send(new string('x', 100_000));
            sent += 100_000;
        }

        sent.Should().BeLessThan(20_000_000);
        client.ResumeReading();
        upstream.Connection.PendingBytes.Should().Be(0);
    }

    [Test]
    public void Router_SlowUpstream_StopsTheClient()
    {
        Start(To("app"));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 50000000\r\n\r\n");
        var upstream = Upstream.Accept().PauseReading();

        var sent = 0;
        while (client.Connection.PendingBytes == 0 && sent < 50_000_000)
        {
            client.Send(new string('x', 100_000));
            sent += 100_000;
        }

        sent.Should().BeLessThan(20_000_000);
        upstream.ResumeReading();
        client.Connection.PendingBytes.Should().Be(0);
    }
}
