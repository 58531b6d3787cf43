using Proxy.Filters.Network.HttpConnectionManager;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class ConnectionTests : ManagerFixture
{
    private readonly List<ReplyFilter> _filters = [];

    private ReplyFilter Make(bool manual)
    {
        var filter = new ReplyFilter { Manual = manual };
        _filters.Add(filter);
        return filter;
    }

    [Test]
    public void Connection_OneRequest_IsAnsweredWithTheUsualHeaders()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send(Get());
        peer.Expect("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nserver: envoy\r\n\r\nok").ExpectSilence();
        Count(HttpStats.RequestTotal).Should().Be(1);
        Count(HttpStats.Request2xx).Should().Be(1);
        Gauge(HttpStats.RequestActive).Should().Be(0);
        Gauge(HttpStats.ConnectionActive).Should().Be(1);
        AccessLog.Lines.Should().Equal("200 None  GET / 0 2");
    }

    [Test]
    public void Connection_KeptAlive_ServesOneRequestAfterTheOtherWithTheSameFilter()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect();
        for (var i = 0; i < 3; i++)
        {
            Response(peer.Send(Get("/" + i))).Body.Should().Be("ok");
        }

        _filters.Should().ContainSingle();
        _filters[0].Events.Should().Equal(Enumerable.Repeat(new[] { "headers end", "complete", "recycle" }, 3).SelectMany(static events => events));
        Count(HttpStats.ConnectionTotal).Should().Be(1);
        AccessLog.Lines.Select(static line => line.Split(' ')[4]).Should().Equal("/0", "/1", "/2");
    }

    [Test]
    public void Connection_PipelinedRequests_AreAnsweredInOrder()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send(Get("/1") + Get("/2") + Get("/3"));
        peer.ExpectSilence();
        for (var i = 0; i < 3; i++)
        {
            var current = _filters.Last(static filter => filter.EndSeen);
            Runtime.Run(Worker, () => current.Reply(200, "answer"));
            Response(peer).Body.Should().Be("answer");
        }

        AccessLog.Lines.Select(static line => line.Split(' ')[4]).Should().Equal("/1", "/2", "/3");
        peer.ExpectSilence();
    }

    [Test]
    public void Connection_RequestSplitAnywhere_GivesTheSameResponse()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().SendByteByByte(Post("hello"));
        Response(peer).Body.Should().Be("ok");
        AccessLog.Lines.Should().Equal("200 None  POST / 5 2");
    }

    [Test]
    public void Connection_ClientSaysClose_ClosesBehindTheResponseWithoutWaiting()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send(Get(more: "connection: close\r\n"));
        Response(peer).Head.Should().EndWith("server: envoy\r\nconnection: close\r\n\r\n");
        peer.ExpectEnd();
    }

    [Test]
    public void Connection_MaxRequestsReached_SaysCloseOnTheLast()
    {
        Listen(Config(static config => config with { MaxRequestsPerConnection = 2 }), () => Make(manual: false));
        var peer = Connect().Send(Get());
        Response(peer).Head.Should().NotContain("connection");
        Response(peer.Send(Get())).Head.Should().Contain("connection: close");
        peer.ExpectEnd();
        Count(HttpStats.ConnectionMaxRequests).Should().Be(1);
    }

    [Test]
    public void Connection_EarlyResponseAndTheClientEnds_ClosesWithoutTimeout()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 10\r\n\r\nabc");
        Runtime.Run(Worker, () => _filters[0].Reply(413, "too much"));
        peer.SendEnd().ExpectEnd();
        Count(HttpStats.ConnectionDelayedCloseTimeout).Should().Be(0);
    }

    [Test]
    public void Connection_EarlyResponse_AnnouncesCloseAndWaitsForTheClientBeforeClosing()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 10\r\n\r\nabc");
        Runtime.Run(Worker, () => _filters[0].Reply(413, "too much"));
        Response(peer).Head.Should().StartWith("HTTP/1.1 413").And.Contain("connection: close");
        peer.ExpectSilence().Send("defghij");
        Runtime.Advance(1000);
        peer.ExpectEnd();
        Count(HttpStats.ConnectionDelayedCloseTimeout).Should().Be(1);
        Count(HttpStats.RequestAnsweredEarly).Should().Be(1);
        AccessLog.Lines.Should().Equal("413 None  POST / 3 8");
    }

    [Test]
    public void Connection_ClientGoneBeforeTheAnswer_CancelsTheRequest()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send(Get());
        peer.Close();
        _filters[0].Events.Should().Equal("headers end", "complete", "recycle");
        AccessLog.Lines.Should().Equal("0 DownstreamConnectionTermination downstream_remote_disconnect GET / 0 0");
        Count(HttpStats.RequestReceivedReset).Should().Be(1);
        Count(HttpStats.ConnectionDestroyRemoteActive).Should().Be(1);
        Gauge(HttpStats.ConnectionActive).Should().Be(0);
        Gauge(HttpStats.RequestActive).Should().Be(0);
    }

    [Test]
    public void Connection_MalformedRequest_IsAnsweredAndClosedAfterAWhile()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send("BROKEN\r\n\r\n");
        var (head, body) = Response(peer);
        head.Should().Be("HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nserver: envoy\r\nconnection: close\r\n\r\n");
        body.Should().Be("Bad Request");
        peer.ExpectSilence();
        Runtime.Advance(1000);
        peer.ExpectEnd();
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("400 DownstreamProtocolError http1.codec_error");
        Count(HttpStats.ConnectionProtocolError).Should().Be(1);
        _filters.Should().BeEmpty();
    }

    [Test]
    public void Connection_BadChunkAfterTheHead_EndsTheRequestThatIsUnderWay()
    {
        Listen(Config(), () => Make(manual: true));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n");
        _filters[0].Events.Should().Equal("headers");
        peer.Send("zz\r\n");
        Response(peer).Head.Should().StartWith("HTTP/1.1 400 ").And.Contain("connection: close");
        _filters[0].Events.Should().Equal("headers", "complete", "recycle");
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n", "400", "missing_host_header")]
    [TestCase("GET /a#b HTTP/1.1\r\nhost: a\r\n\r\n", "400", "path_normalization_failed")]
    public void Connection_UnusableHead_IsRefusedWithoutBody(string request, string status, string details)
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send(request);
        peer.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 " + status).And.EndWith("server: envoy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith($"{status} None {details} ");
    }

    [Test]
    public void Connection_UnusableHeadButToldToGoOn_KeepsTheConnection()
    {
        Listen(Config(static config => config with { StreamErrorOnInvalidMessage = true }), () => Make(manual: false));
        var peer = Connect().Send("GET /a#b HTTP/1.1\r\nhost: a\r\n\r\n");
        Response(peer).Head.Should().StartWith("HTTP/1.1 400 ").And.NotContain("connection");
        Response(peer.Send(Get())).Body.Should().Be("ok");
    }

    [Test]
    public void Connection_ExpectContinue_IsAnsweredByTheProxyAndNotPassedOn()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
        peer.Expect("HTTP/1.1 100 Continue\r\n\r\n").ExpectSilence();
        Response(peer.Send("ab")).Body.Should().Be("ok");
    }

    [Test]
    public void Connection_DrainAsked_SaysCloseAndGoesAfterTheDrainTimeout()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send(Get());
        Response(peer).Head.Should().NotContain("connection");
        Drain.HealthCheckFailed = true;
        Response(peer.Send(Get())).Head.Should().Contain("connection: close");
        Runtime.Advance(6100);
        peer.ExpectEnd();
        Count(HttpStats.ConnectionDrainClose).Should().Be(1);
    }

    [Test]
    public void Connection_ProxyLeavesWhileIdle_ClosesAtOnce()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect();
        Response(peer.Send(Get()));

        Runtime.Run(Worker, Managers[0].OnDrain);

        peer.ExpectEnd();
    }

    [Test]
    public void Connection_ProxyLeavesDuringARequest_AnswersItSaysCloseAndCloses()
    {
        Listen(Config(), () => Make(manual: false));
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 2\r\n\r\na");

        Runtime.Run(Worker, Managers[0].OnDrain);
        var (head, body) = Response(peer.Send("b"));

        head.Should().Contain("connection: close");
        body.Should().Be("ok");
        Runtime.Advance(1000);
        peer.ExpectEnd();
    }
}
