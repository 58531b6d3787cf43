using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

/// <summary>Limits of both sides as they are configured, each hit and each kept by one.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LimitTests : RouterFixture
{
    private const string TooLarge = "431 DPE http1.headers_too_large";
    private const string ProtocolError = "502 UPE upstream_reset_before_response_started{protocol_error}";

    [TestCase(900, 200)]
    [TestCase(1100, 431)]
    public void MaxRequestHeadersKilobytes_BoundsTheHead(int length, int status)
    {
        Start(Table(To("app")), null, static config => config with { MaxRequestHeadersKilobytes = 1 });
        var client = Client().Send(Get("/", $"x: {new string('a', length)}\r\n"));
        if (status == 200)
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status} ");
        Log.Should().Equal(status == 200 ? "200 - via_upstream" : TooLarge);
    }

    [TestCase(2, 200)]
    [TestCase(3, 431)]
    public void MaxHeadersCount_BoundsTheHead(int more, int status)
    {
        Start(Table(To("app")), null, static config => config with { MaxHeadersCount = 3 });
        var client = Client().Send(Get("/", string.Concat(Enumerable.Repeat("x: a\r\n", more))));
        if (status == 200)
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status} ");
        Log.Should().Equal(status == 200 ? "200 - via_upstream" : "431 DPE http1.too_many_headers");
    }

    [TestCase(900, 200)]
    [TestCase(1100, 502)]
    public void UpstreamMaxHeadersKilobytes_BoundsTheAnswersHead(int length, int status)
    {
        ChangeApp = static cluster => cluster with { Http = new UpstreamHttpConfig { MaxHeadersKilobytes = 1 } };
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok(more: $"x: {new string('a', length)}\r\n"));

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status} ");
        Log.Should().Equal(status == 200 ? "200 - via_upstream" : ProtocolError);
    }

    [TestCase(2, 200)]
    [TestCase(3, 502)]
    public void UpstreamMaxHeadersCount_BoundsTheAnswersHead(int more, int status)
    {
        ChangeApp = static cluster => cluster with { Http = new UpstreamHttpConfig { MaxHeadersCount = 3 } };
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok(more: string.Concat(Enumerable.Repeat("x: a\r\n", more))));

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status} ");
        Log.Should().Equal(status == 200 ? "200 - via_upstream" : ProtocolError);
    }

    [TestCase(4, true)]
    [TestCase(5, false)]
    public void MaxDirectResponseBodyBytes_BoundsTheBody(int length, bool fits)
    {
        var table = Table(Route("/", new DirectResponseActionConfig(200, new string('a', length)))) with { MaxDirectResponseBodyBytes = 4 };
        var start = () => Start(table);

        if (fits)
        {
            start.Should().NotThrow();
        }
        else
        {
            start.Should().Throw<ConfigException>().Which.Message.Should().Contain("response body size is 5 bytes; maximum is 4");
        }
    }

    [Test]
    public void DelayedCloseTimeout_IsHowLongAClientMayTakeToGo()
    {
        Start(Table(To("app")), null, static config => config with { DelayedCloseTimeout = TimeSpan.FromSeconds(3) });
        var client = Client().Send("GET / HTTP/1.1\r\n\r\n");
        Answer(client).Head.Should().StartWith("HTTP/1.1 400 ").And.Contain("connection: close");
        Runtime.Advance(2_999);
        client.ExpectSilence();

        Runtime.Advance(1);
        client.ExpectEnd();
        Stat("http.in.downstream_cx_delayed_close_timeout").Should().Be(1);
    }

    [Test]
    public void RetryIntervals_BoundThePauses()
    {
        const int retries = 12;
        var policy = new RetryPolicyConfig
        {
            RetryOn = "5xx",
            NumRetries = retries,
            BaseInterval = TimeSpan.FromMilliseconds(1),
            MaxInterval = TimeSpan.FromMilliseconds(2),
        };
        Start(To("app", "/", action => action with { RetryPolicy = policy }));
        var client = Client().Send(Get());
        for (var i = 0; i < retries; i++)
        {
            Upstream.Accept().Send("HTTP/1.1 503 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            Runtime.Advance(2); // without its bound a pause would have grown to ten times the first
        }

        Upstream.Accept().Send(Ok());
        Answer(client).Head.Should().StartWith("HTTP/1.1 200 ");
        Stat("cluster.app.upstream_rq_retry").Should().Be(retries);
    }
}
