using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Http.H2;

namespace Proxy.Filters.Tests.Router.Matrix;

/// <summary>What passes between clients and upstreams is the same in all four combinations of HTTP/1.1 and HTTP/2.</summary>
[TestFixture(false, false)]
[TestFixture(false, true)]
[TestFixture(true, false)]
[TestFixture(true, true)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProtocolMatrixTests(bool http2Client, bool http2Upstream) : RouterFixture
{
    private const string PostHead = ":method: POST|:path: /p|:authority: A.test:81";
    private const string GetHead = ":method: GET|:path: /|:authority: a.test";
    private const string WebSocket = ":method: GET|:path: /chat|:authority: a.test|upgrade: websocket";
    private const string Connect = ":method: CONNECT|:authority: b.test:443";

    private MessagePeer _client = null!;
    private MessagePeer _upstream = null!;

    [Test]
    public void BodiesAndTrailers_PassBothWays()
    {
        Ask(PostHead + "|te: trailers");
        _client.SendData("hel");
        _client.SendData("lo");
        _client.SendTrailers("x-t: 1");
        _upstream.Look();
        _upstream.Head.Should().Contain([":method: POST", ":path: /p", ":authority: A.test:81", "te: trailers"]);
        (_upstream.Body, _upstream.Ended).Should().Be(("hello", true));
        _upstream.Trailers.Should().Equal("x-t: 1");

        _upstream.SendHead(":status: 201|x-a: 1|x-a: 2");
        _upstream.SendData("wor");
        _client.Look().Body.Should().Be("wor", "what has come goes on");
        _upstream.SendData("ld");
        _upstream.SendTrailers("grpc-status: 0");
        _client.Look();
        _client.Head.Should().Contain([":status: 201", "x-a: 1", "x-a: 2"]);
        (_client.Body, _client.Ended, _client.WasCut).Should().Be(("world", true, false));
        _client.Trailers.Should().Equal("grpc-status: 0");
    }

    [Test]
    public void ContentLengths_AreKept()
    {
        Ask(PostHead + "|content-length: 5");
        _client.SendData("hello", end: true);
        _upstream.Look().Head.Should().Contain("content-length: 5").And.NotContain("transfer-encoding: chunked");
        (_upstream.Body, _upstream.Ended).Should().Be(("hello", true));

        _upstream.SendHead(":status: 200|content-length: 2");
        _upstream.SendData("ok", end: true);
        _client.Look().Head.Should().Contain("content-length: 2").And.NotContain("transfer-encoding: chunked");
        (_client.Body, _client.Ended).Should().Be(("ok", true));
    }

    [TestCase(":method: HEAD|:path: /|:authority: a.test", ":status: 200|content-length: 5")]
    [TestCase(GetHead, ":status: 204")]
    [TestCase(GetHead, ":status: 304|content-length: 5|etag: x")]
    public void AnswersWithoutBody_End(string request, string answer)
    {
        Ask(request, end: true);
        _upstream.SendHead(answer, end: true);
        _client.Look().Head.Should().Contain(answer.Split('|'));
        (_client.Body, _client.WasCut).Should().Be(("", false));
        Stat("http.in.downstream_rq_active").Should().Be(0);
    }

    [Test]
    public void FieldsOfTheConnection_StayOnTheirSide()
    {
        Ask(http2Client ? GetHead + "|te: trailers" : GetHead + "|Te: trailers, gzip|X-CaSe: V|connection: x-hop|x-hop: 1|keep-alive: 1|proxy-connection: keep-alive", end: true);
        var names = _upstream.Head.ConvertAll(static field => field[..field.IndexOf(':', 1)]);
        names.Should().NotContain(["connection", "x-hop", "keep-alive", "proxy-connection", "Te", "X-CaSe"]);
        _upstream.Head.Should().Contain("te: trailers");
        (http2Client || _upstream.Head.Contains("x-case: V")).Should().BeTrue();

        _upstream.SendHead(http2Upstream ? ":status: 200" : ":status: 200|connection: keep-alive|keep-alive: 1|proxy-connection: x|X-CaSe: V", end: true);
        names = _client.Look().Head.ConvertAll(static field => field[..field.IndexOf(':', 1)]);
        names.Should().NotContain(["connection", "keep-alive", "proxy-connection", "X-CaSe"]);
        (http2Upstream || _client.Head.Contains("x-case: V")).Should().BeTrue();
    }

    [Test]
    public void Cookies_AreOneField_WhereTheyCameInCrumbs()
    {
        Ask(GetHead + "|cookie: a=1|cookie: b=2", end: true);
        _upstream.Head.Where(static field => field.StartsWith("cookie", StringComparison.Ordinal))
            .Should().Equal(http2Client ? ["cookie: a=1; b=2"] : ["cookie: a=1", "cookie: b=2"]);
    }

    [Test]
    public void Host_BesideTheAuthority_IsDropped()
    {
        Ask(http2Client ? GetHead + "|host: other.test" : GetHead, end: true);
        _upstream.Head.Should().Contain(":authority: a.test");
        _upstream.Head.Should().NotContain(static field => field.StartsWith("host", StringComparison.Ordinal));
    }

    [Test]
    public void Client_ThatCutsItsRequest_CutsTheUpstreams()
    {
        Ask(PostHead);
        _client.SendData("x");
        _client.Abort();
        _upstream.Look().WasCut.Should().BeTrue();
        Stat("http.in.downstream_rq_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Upstream_ThatCutsBeforeItsAnswer_IsA503()
    {
        Ask(GetHead, end: true);
        _upstream.Abort();
        _client.Look().Head.Should().Contain(":status: 503");
        (_client.Ended, _client.WasCut).Should().Be((true, false));
    }

    [Test]
    public void Upstream_ThatCutsItsAnswer_CutsTheClients()
    {
        Ask(GetHead, end: true);
        _upstream.SendHead(":status: 200|content-length: 9");
        _upstream.SendData("part");
        _upstream.Abort();
        _client.Look();
        (_client.Body, _client.Ended, _client.WasCut).Should().Be(("part", false, true));
    }

    [Test]
    public void Answer_BeforeTheRequestIsComplete_IsWhole()
    {
        Ask(PostHead);
        _client.SendData("x");
        _upstream.SendHead(":status: 413|content-length: 3");
        _upstream.SendData("big", end: true);
        _client.Look().Head.Should().Contain(":status: 413");
        (_client.Body, _client.Ended, _client.WasCut).Should().Be(("big", true, false));
        if (_client is Http2MessagePeer client)
        {
            client.ResetCode.Should().Be(Http2Error.None, "the rest is not wanted, and that is no fault");
        }

        if (_upstream.Look() is Http2MessagePeer upstream)
        {
            upstream.ResetCode.Should().Be(Http2Error.Cancel, "the rest will not come");
        }

        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [TestCase(WebSocket, ":status: 101|upgrade: websocket")]
    [TestCase(Connect, ":status: 200")]
    public void Tunnels_CarryBytes_AndEachDirectionEndsOnItsOwn(string request, string grant)
    {
        Ask(request);
        _upstream.Head.Should().Contain(request.Split('|'));
        _upstream.SendHead(grant);
        _client.Look().Head.Should().Contain(grant[..12]);
        _client.SendData("ping");
        _upstream.Look().Body.Should().Be("ping");
        _upstream.SendData("pong");
        _client.Look().Body.Should().Be("pong");

        _client.SendData("bye", end: true);
        _upstream.Look();
        (_upstream.Body, _upstream.Ended).Should().Be(("pingbye", true));
        _upstream.SendData("last", end: true);
        _client.Look();
        (_client.Body, _client.Ended, _client.WasCut).Should().Be(("ponglast", true, false));
        Stat("http.in.downstream_rq_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [TestCase(WebSocket)]
    [TestCase(Connect)]
    public void Tunnels_ThatAreRefused_AreAnsweredAsAnyOther(string request)
    {
        Ask(request);
        _upstream.SendHead(":status: 403|content-length: 2");
        _upstream.SendData("no", end: !http2Upstream);
        if (http2Upstream)
        {
            _upstream.SendData("", end: true);
        }

        _client.Look().Head.Should().Contain(":status: 403");
        _client.Body.Should().Be("no");
        Stat("http.in.downstream_rq_active").Should().Be(0);
    }

    private void Ask(string head, bool end = false)
    {
        ChangeApp = cluster => cluster with
        {
            Http = new UpstreamHttpConfig { Protocol = http2Upstream ? UpstreamProtocol.Http2 : UpstreamProtocol.Http1, Http1 = new Http1Config { EnableTrailers = true } },
        };
        var connect = new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Connect), Action = new ForwardActionConfig { Cluster = "app" } };
        Start(Table(connect, To("app")), null, static config => config with
        {
            Upgrades = [new UpgradeConfig("websocket"), new UpgradeConfig("CONNECT")],
            Http1 = new Http1Config { EnableTrailers = true },
            Http2 = new Http2Config { AllowConnect = true },
        });
        _client = MessagePeer.Of(Client(), http2Client, isClient: true);
        _client.SendHead(head, end);
        _upstream = MessagePeer.Of(Upstream.Accept(), http2Upstream, isClient: false);
        _upstream.Look();
    }
}
