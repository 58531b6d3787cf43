using Proxy.Filters.Network.HttpConnectionManager;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class TimerTests : ManagerFixture
{
    private readonly List<ReplyFilter> _filters = [];

    private ReplyFilter Make(bool manual)
    {
        var filter = new ReplyFilter { Manual = manual };
        _filters.Add(filter);
        return filter;
    }

    [Test]
    public void Idle_ConnectionWithoutRequests_DrainsThenCloses()
    {
        Listen(Config(static config => config with { IdleTimeout = TimeSpan.FromSeconds(10), DrainTimeout = TimeSpan.FromSeconds(2) }), () => Make(manual: false));
        var peer = Connect().Send(Get());
        Response(peer);
        Runtime.Advance(9_000);
        Response(peer.Send(Get()));
        Runtime.Advance(9_999);
        peer.ExpectSilence();
        Runtime.Advance(1);
        Count(HttpStats.ConnectionIdleTimeout).Should().Be(1);
        peer.ExpectSilence();
        Runtime.Advance(3_000);
        peer.ExpectEnd();
    }

    [Test]
    public void Idle_ConnectionThatNeverSpoke_ClosesAtOnce()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect();
        Runtime.Advance(TimeSpan.FromMinutes(59));
        peer.ExpectSilence();
        Runtime.Advance(TimeSpan.FromMinutes(1));
        peer.ExpectEnd();
    }

    [Test]
    public void Idle_RequestUnderWay_DoesNotCount()
    {
        Listen(Config(static config => config with { IdleTimeout = TimeSpan.FromSeconds(10) }), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Advance(100_000);
        peer.ExpectSilence();
        Count(HttpStats.ConnectionIdleTimeout).Should().Be(0);
    }

    [Test]
    public void StreamIdle_BodyStalls_Answers408()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 10\r\n\r\nabc");
        Runtime.Advance(299_000);
        peer.Send("d");
        Runtime.Advance(299_999);
        peer.ExpectSilence();
        Runtime.Advance(1);
        var (head, body) = Response(peer);
        head.Should().StartWith("HTTP/1.1 408 ").And.Contain("connection: close");
        body.Should().Be("stream timeout");
        AccessLog.Lines.Should().Equal("408 StreamIdleTimeout stream_idle_timeout POST / 4 14");
        Count(HttpStats.RequestIdleTimeout).Should().Be(1);
    }

    [Test]
    public void StreamIdle_AnswerDoesNotCome_Answers504AndKeepsTheConnection()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Advance(300_000);
        Response(peer).Head.Should().StartWith("HTTP/1.1 504 ").And.NotContain("connection");
        peer.Send(Get());
        Runtime.Run(Worker, () => _filters[0].Reply());
        Response(peer).Head.Should().StartWith("HTTP/1.1 200 ");
    }

    [Test]
    public void StreamIdle_AnswerStalls_CutsTheConnection()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Run(Worker, () =>
        {
            _filters[0].ReplyHead(200, 10);
            _filters[0].Stream.SendData("abc"u8, endStream: false);
        });
        Runtime.Advance(301_000);
        peer.ReadUntil("abc");
        peer.ExpectEnd();
        AccessLog.Lines.Should().Equal("200 StreamIdleTimeout stream_idle_timeout GET / 0 3");
    }

    [Test]
    public void StreamIdle_RouteSaysOtherwise_RouteWins()
    {
        var routes = Table(Prefix("/", new Configuration.Http.ForwardActionConfig { Cluster = "c", IdleTimeout = TimeSpan.FromSeconds(1) }));
        Listen(Config(config => config with { Routes = routes }), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Advance(1000);
        Response(peer).Head.Should().StartWith("HTTP/1.1 504 ");
    }

    [Test]
    public void RequestHeadersTimeout_SlowHead_Answers408()
    {
        Listen(Config(static config => config with { RequestHeadersTimeout = TimeSpan.FromSeconds(1) }), () => Make(manual: false));
        var peer = Connect().Send("GET / HTTP/1.1\r\nhost: a.test\r\n");
        Runtime.Advance(1000);
        var (head, body) = Response(peer);
        head.Should().StartWith("HTTP/1.1 408 ").And.Contain("connection: close");
        body.Should().Be("request header timeout");
        Count(HttpStats.RequestHeaderTimeout).Should().Be(1);
    }

    [Test]
    public void RequestTimeout_SlowBody_Answers408()
    {
        Listen(Config(static config => config with { RequestTimeout = TimeSpan.FromSeconds(1) }), () => Make(manual: true));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 9\r\n\r\nab");
        Runtime.Advance(1000);
        Response(peer).Body.Should().Be("request timeout");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("408 None request_overall_timeout");
    }

    [Test]
    public void RequestTimeout_CompleteRequest_IsNotBound()
    {
        Listen(Config(static config => config with { RequestTimeout = TimeSpan.FromSeconds(1) }), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Advance(5000);
        peer.ExpectSilence();
    }

    [Test]
    public void MaxStreamDuration_Reached_Answers504()
    {
        Listen(Config(static config => config with { MaxStreamDuration = TimeSpan.FromSeconds(3) }), () => Make(manual: true));
        var peer = Connect().Send(Get());
        Runtime.Advance(3000);
        Response(peer).Body.Should().Be("downstream duration timeout");
        Count(HttpStats.RequestMaxDuration).Should().Be(1);
    }

    [Test]
    public void MaxConnectionDuration_ReachedSafely_WaitsForTheNextRequest()
    {
        Listen(
            Config(static config => config with { MaxConnectionDuration = TimeSpan.FromSeconds(60), SafeMaxConnectionDuration = true, IdleTimeout = null }),
            () => Make(manual: false));
        var peer = Connect().Send(Get());
        Response(peer);
        Runtime.Advance(600_000);
        peer.IsOpen.Should().BeTrue("a request might be on its way");
        Gauge(HttpStats.ConnectionHttp1SoftDrain).Should().Be(1);
        Response(peer.Send(Get())).Head.Should().Contain("connection: close");
        Runtime.Advance(1_000);
        peer.ExpectEnd();
        Count(HttpStats.ConnectionMaxDuration).Should().Be(1);
        Gauge(HttpStats.ConnectionHttp1SoftDrain).Should().Be(0);
    }

    [Test]
    public void MaxConnectionDuration_Reached_Drains()
    {
        Listen(Config(static config => config with { MaxConnectionDuration = TimeSpan.FromSeconds(60) }), () => Make(manual: false));
        var peer = Connect().Send(Get());
        Response(peer);
        Runtime.Advance(60_000);
        Response(peer.Send(Get())).Head.Should().Contain("connection: close");
        Runtime.Advance(7_000);
        peer.ExpectEnd();
        Count(HttpStats.ConnectionMaxDuration).Should().Be(1);
    }
}
