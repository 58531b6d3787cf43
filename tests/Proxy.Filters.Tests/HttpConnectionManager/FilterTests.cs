using Proxy.Configuration.Http;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>Filters as a client meets them: limits, watermarks, replies, routes.</summary>
[TestFixture]
public sealed class FilterTests : ManagerFixture
{
    private readonly List<ReplyFilter> _filters = [];

    private ReplyFilter Make()
    {
        var filter = new ReplyFilter { Manual = true };
        _filters.Add(filter);
        return filter;
    }

    [Test]
    public void Buffer_RequestAboveTheLimit_Is413()
    {
        Listen(Config(), 1000, () => new BufferingFilter(DataStatus.StopAndBuffer), Make);
        Connect().Send(Post(new string('x', 1000))).ExpectSilence().Close();
        var peer = Connect().Send(Post(new string('x', 1001)));
        var (head, body) = Response(peer);
        head.Should().StartWith("HTTP/1.1 413 ");
        body.Should().Be("Payload Too Large");
        AccessLog.Lines[^1].Should().StartWith("413 None request_payload_too_large ");
        Count(HttpStats.RequestTooLarge).Should().Be(1);
    }

    [Test]
    public void Watermark_RequestAboveTheLimit_PausesTheClient()
    {
        var filter = new BufferingFilter(DataStatus.StopAndWatermark);
        Listen(Config(), 1000, () => filter, Make);
        var body = new string('x', 400_000);
        var peer = Connect().Send(Post(body));
        Accepted[0].IsReadDisabled.Should().BeTrue();
        Accepted[0].BytesReceived.Should().BeLessThan(300_000);
        Runtime.Run(Worker, () =>
        {
            filter.Pass = true;
            filter.Stream.ContinueRequest();
        });
        _filters[0].EndSeen.Should().BeTrue();
        _filters[0].Received.ToString().Should().Be(body);
        Count(HttpStats.FlowPaused).Should().Be(1);
        Count(HttpStats.FlowResumed).Should().Be(1);
        Runtime.Run(Worker, () => _filters[0].Reply());
        Response(peer).Body.Should().Be("ok");
    }

    [Test]
    public void Watermark_ClientReadsSlowly_ProducerIsToldOnceEachWay()
    {
        Runtime.Network.PipeCapacity = 1000;
        Listen(Config(), 4000, Make);
        var peer = Connect().Send(Get());
        peer.PauseReading();
        Runtime.Run(Worker, () =>
        {
            _filters[0].ReplyHead(200, 20_000);
            _filters[0].Stream.SendData(new byte[10_000], endStream: false);
        });
        _filters[0].Events.Should().Equal("headers end", "high");
        peer.ResumeReading();
        _filters[0].Events.Should().Equal("headers end", "high", "low");
        Runtime.Run(Worker, () => _filters[0].Stream.SendData(new byte[10_000], endStream: true));
        Response(peer).Body.Should().HaveLength(20_000);
    }

    [Test]
    public void LocalReply_FromAFilter_PassesResponseFiltersAndKeepsTheConnection()
    {
        Listen(Config(), () => new StampFilter("a"), () => new RefusingFilter(), () => new StampFilter("b"), Make);
        var peer = Connect().Send(Get());
        var (head, body) = Response(peer);
        head.Should().Be("HTTP/1.1 429 Too Many Requests\r\nx-why: test\r\ncontent-length: 4\r\ncontent-type: text/plain\r\nx-b: 1\r\nx-a: 1\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nserver: envoy\r\n\r\n");
        body.Should().Be("slow");
        Response(peer.Send(Get())).Body.Should().Be("slow");
        AccessLog.Lines.Should().HaveCount(2).And.AllSatisfy(static line => line.Should().Be("429 RateLimited too_fast GET / 0 4"));
        _filters.Should().ContainSingle().Which.Events.Should().Equal("complete", "recycle", "complete", "recycle");
    }

    [Test]
    public void LocalReply_ToHead_HasTheLengthButNoBody()
    {
        Listen(Config(), () => new RefusingFilter(), Make);
        var peer = Connect().Send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n");
        peer.ReadUntil("\r\n\r\n").Should().Contain("content-length: 4");
        peer.ExpectSilence();
    }

    [Test]
    public void LocalReply_ToGrpc_IsTrailersOnly()
    {
        Listen(Config(), () => new RefusingFilter(), Make);
        var peer = Connect().Send(Get(more: "content-type: application/grpc\r\n"));
        peer.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 OK\r\nx-why: test\r\ncontent-type: application/grpc\r\ngrpc-status: 14\r\ngrpc-message: slow\r\n");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("200 ");
    }

    [Test]
    public void LocalReply_WhileTheResponseIsUnderWay_CutsIt()
    {
        Listen(Config(), Make);
        var peer = Connect().Send(Get());
        Runtime.Run(Worker, () =>
        {
            _filters[0].ReplyHead(200, 10);
            _filters[0].Stream.SendData("abc"u8, endStream: false);
            _filters[0].Stream.SendLocalReply(503, "no"u8, "late", null);
        });
        peer.ReadUntil("abc");
        peer.ExpectEnd();
        AccessLog.Lines.Should().Equal("200 None late GET / 0 3");
        Count(HttpStats.RequestSentReset).Should().Be(1);
        Count(HttpStats.RequestReceivedReset).Should().Be(1);
    }

    [Test]
    public void Response_AboveTheBufferLimit_Is500()
    {
        Listen(Config(), 1000, () => new HoldingFilter(), Make);
        var peer = Connect().Send(Get());
        Runtime.Run(Worker, () => _filters[0].Reply(200, new string('x', 1001)));
        Response(peer).Head.Should().StartWith("HTTP/1.1 500 ");
        Count(HttpStats.ResponseTooLarge).Should().Be(1);
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("500 None response_payload_too_large ");
    }

    [Test]
    public void Route_TurnsAFilterOff_OtherRequestsStillHaveIt()
    {
        var routes = Table(Prefix("/off", null, new PerFilterConfig("f0", null, Disabled: true)), Prefix("/"));
        Listen(Config(config => config with { Routes = routes }), () => new RefusingFilter(), () => new ReplyFilter());
        var peer = Connect();
        Response(peer.Send(Get("/off"))).Body.Should().Be("ok");
        Response(peer.Send(Get("/on"))).Body.Should().Be("slow");
    }

    [Test]
    public void Route_HasConfigurationForTheFilter_FilterSeesItAndClearingLooksAgain()
    {
        var routes = Table(Prefix("/a", null, new PerFilterConfig("f0", "A")), Prefix("/b", null, new PerFilterConfig("f0", "B")));
        var filter = new RoutePeekFilter();
        Listen(Config(config => config with { Routes = routes }), () => filter, () => new ReplyFilter());
        Response(Connect().Send(Get("/a"))).Body.Should().Be("ok");
        filter.Seen.Should().Equal("A", "A", "B");
    }

    [Test]
    public void Trailers_BothWays_PassWithTheBodyInFront()
    {
        Listen(Config(), () => new StampFilter("a"), Make);
        var peer = Connect().Send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n");
        _filters[0].Events.Should().Equal("headers", "data 3", "trailers");
        Runtime.Run(Worker, () =>
        {
            _filters[0].ReplyHead(200, null);
            _filters[0].Stream.SendData("xyz"u8, endStream: false);
            _filters[0].SendTrailers("x-r", "2");
        });
        peer.ReadUntil("\r\n\r\n").Should().Contain("transfer-encoding: chunked");
        peer.Expect("3\r\nxyz\r\n0\r\nx-r: 2\r\n\r\n").ExpectSilence();
    }

    [TestCase("request")]
    [TestCase("response")]
    public void Filter_Throws_Is500AndOtherRequestsGoOn(string where)
    {
        Listen(Config(), () => new ThrowingFilter(where), () => new ReplyFilter());
        var peer = Connect();
        Response(peer.Send(Get("/throw"))).Body.Should().Be("Internal Server Error");
        Response(peer.Send(Get("/fine"))).Body.Should().Be("ok");
        AccessLog.Lines.Should().Equal("500 None filter_exception GET /throw 0 21", "200 None  GET /fine 0 2");
    }

    private sealed class BufferingFilter(DataStatus status) : HttpFilter
    {
        public bool Pass { get; set; }

        public IHttpFilterCallbacks Stream => Callbacks;

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream) => HeadersStatus.StopIteration;

        public override DataStatus OnRequestData(ref BodyChunk chunk)
        {
            return Pass ? DataStatus.Continue : status;
        }
    }

    private sealed class HoldingFilter : HttpFilter
    {
        public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream) => HeadersStatus.StopIteration;

        public override DataStatus OnResponseData(ref BodyChunk chunk) => DataStatus.StopAndBuffer;
    }

    private sealed class StampFilter(string name) : HttpFilter
    {
        public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
        {
            headers.Add(System.Text.Encoding.ASCII.GetBytes("x-" + name), "1"u8);
            return HeadersStatus.Continue;
        }
    }

    private sealed class RefusingFilter : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Callbacks.Info.Flags |= ResponseFlags.RateLimited;
            Callbacks.SendLocalReply(429, "slow"u8, "too_fast", static reply => reply.Add("x-why"u8, "test"u8));
            return HeadersStatus.StopIteration;
        }
    }

    private sealed class RoutePeekFilter : HttpFilter
    {
        public List<string> Seen { get; } = [];

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Seen.Add((string)Callbacks.RouteConfig!);
            headers.Set(KnownHeader.Path, "/b"u8);
            Seen.Add((string)Callbacks.RouteConfig!);
            Callbacks.ClearRouteCache();
            Seen.Add((string)Callbacks.RouteConfig!);
            return HeadersStatus.Continue;
        }
    }

    private sealed class ThrowingFilter(string where) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream) => Check("request");

        public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream) => Check("response");

        private HeadersStatus Check(string here)
        {
            return here == where && Callbacks.RequestHeaders.Get(KnownHeader.Path).SequenceEqual("/throw"u8)
                ? throw new InvalidOperationException("boom")
                : HeadersStatus.Continue;
        }
    }
}
