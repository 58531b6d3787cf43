using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TunnelTests : RouterFixture
{
    private const string Upgrade = "connection: Upgrade\r\nupgrade: websocket\r\n";
    private const string Granted = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n";

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

        upstream.SendEnd();
        client.ExpectEnd();
        client.Send("more");
        upstream.Expect("more");
        client.SendEnd();
        upstream.ExpectEnd();

        Log.Should().Equal("200 - via_upstream");
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("http.in.downstream_cx_active").Should().Be(0);
    }

    [Test]
    public void Tunnel_EndedByTheClient_CarriesTheAnswerWithoutTimeout()
    {
        var (client, upstream) = OpenTunnel();
        client.Send("last question").SendEnd();
        upstream.Expect("last question").ExpectEnd();

        Runtime.Advance(60_000);
        upstream.Send("answer");
        client.Expect("answer");
        upstream.SendEnd();

        client.ExpectEnd();
        ExpectOver("101 - via_upstream");
    }

    [Test]
    public void Tunnel_EndedByTheUpstream_CarriesTheRestOfTheRequest()
    {
        var (client, upstream) = OpenTunnel();
        upstream.Send("all I know").SendEnd();
        client.Expect("all I know").ExpectEnd();

        Runtime.Advance(60_000);
        client.Send("thanks");
        upstream.Expect("thanks");
        client.SendEnd();

        upstream.ExpectEnd();
        ExpectOver("101 - via_upstream");
    }

    [Test]
    public void Tunnel_GrantedAndEndedInOnePiece_EndsTheClientsSideToo()
    {
        Start(Table(To("app")), null, static config => config with { Upgrades = [new UpgradeConfig("websocket")] });
        var client = Client().Send(Get("/chat", Upgrade));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");

        upstream.Connection.Write(System.Text.Encoding.ASCII.GetBytes(Granted + "bye"), endStream: true);
        Runtime.RunUntilIdle();

        client.ReadUntil("\r\n\r\n");
        client.Expect("bye").ExpectEnd();
        client.SendEnd();
        upstream.ExpectEnd();
        ExpectOver("101 - via_upstream");
    }

    [Test]
    public void Tunnel_BrokenByTheUpstreamAfterItsEnd_IsCutForTheClient()
    {
        var (client, upstream) = OpenTunnel();
        upstream.SendEnd();
        client.ExpectEnd();

        upstream.Reset();

        ExpectOver("101 UC upstream_reset_after_response_started{connection_termination}");
    }

    [Test]
    public void Tunnel_HalfClosedAndSilent_EndsWithItsIdleTimeout()
    {
        var (client, upstream) = OpenTunnel(To("app", change: static action => action with { IdleTimeout = TimeSpan.FromSeconds(5) }));
        client.SendEnd();
        upstream.ExpectEnd();
        Runtime.Advance(4_900);
        upstream.Send("x");
        client.Expect("x");

        Runtime.Advance(4_900);
        client.IsOpen.Should().BeTrue();
        Runtime.Advance(200);

        client.ExpectEnd();
        ExpectOver("101 SI stream_idle_timeout");
    }

    [Test]
    public void Tunnel_EndedByTheClient_StillSendsWhatASlowUpstreamHasNotTaken()
    {
        var (client, upstream) = OpenTunnel();
        upstream.PauseReading();
        client.Send(new string('x', 600_000)).SendEnd();
        upstream.SendEnd();
        client.ExpectEnd();

        upstream.ResumeReading();

        upstream.Take(600_000).Should().Be(new string('x', 600_000));
        upstream.ExpectEnd();
    }

    private (TestPeer Client, TestPeer Upstream) OpenTunnel(RouteConfig? route = null)
    {
        Start(Table(route ?? To("app")), null, static config => config with { Upgrades = [new UpgradeConfig("websocket")] });
        var client = Client().Send(Get("/chat", Upgrade));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        upstream.Send(Granted);
        client.ReadUntil("\r\n\r\n");
        return (client, upstream);
    }

    private void ExpectOver(string log)
    {
        Log.Should().Equal(log);
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
        Stat("http.in.downstream_cx_active").Should().Be(0);
        Stat("http.in.downstream_rq_active").Should().Be(0);
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
