using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FailureTests : RouterFixture
{
    private const string Prefix = "upstream connect error or disconnect/reset before headers. reset reason: ";

    [TestCase("HTTP/1.1 408 Request Timeout\r\nconn")]
    [TestCase("HTTP/1.1 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nConte")]
    [TestCase("HTTP/1.1 ")]
    [TestCase("junk")]
    public void Router_IdleUpstreamSendsUnasked_NextRequestTakesAnother(string unasked)
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send("HTTP/1.1 204 No\r\n\r\n");
        Answer(client);

        upstream.Send(unasked).ExpectEnd();

        client.Send(Get("/two"));
        Upstream.Accept().Send(Ok("two"));
        Answer(client).Body.Should().Be("two");
    }

    [Test]
    public void Router_NoRoute_Answers404()
    {
        Start(To("app", "/here"));
        var client = Client().Send(Get("/elsewhere"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 404 Not Found\r\n");
        Log.Should().Equal("404 NR route_not_found");
        Stat("http.in.no_route").Should().Be(1);
    }

    [TestCase(503)]
    [TestCase(404)]
    [TestCase(500)]
    public void Router_UnknownCluster_AnswersAsConfigured(int status)
    {
        Start(To("nope", "/", action => action with { ClusterNotFoundStatus = status }));
        var client = Client().Send(Get());

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status} ");
        Log.Should().Equal($"{status} NC cluster_not_found");
    }

    [Test]
    public void Router_ClusterWithoutHosts_Answers503()
    {
        Start(To("empty"));
        var client = Client().Send(Get());

        Answer(client).Should().Match<(string Head, string Body)>(answer => answer.Head.StartsWith("HTTP/1.1 503") && answer.Body == "no healthy upstream");
        Log.Should().Equal("503 UH no_healthy_upstream");
        Stat("cluster.empty.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Router_UpstreamRefuses_SaysSo()
    {
        Start(To("dead"));
        var client = Client().Send(Post("xy"));

        Answer(client).Body.Should().Be(Prefix + "remote connection failure");
        Log[0].Should().StartWith("503 UF upstream_reset_before_response_started{remote_connection_failure");
        Stat("cluster.dead.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Router_FreshConnectionDiesBeforeTheAnswer_Answers503()
    {
        Start(To("app"));
        var client = Client().Send(Get());

        Upstream.Accept().Reset();

        Answer(client).Body.Should().Be(Prefix + "connection termination");
        Log.Should().Equal("503 UC upstream_reset_before_response_started{connection_termination}");
        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_ReusedConnectionDies_TriesOnceMoreOnAFreshOne()
    {
        LogText = "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%";
        Start(To("app"));
        var (client, stale) = Warm();
        client.Send(Get("/again"));

        stale.Reset();
        Upstream.Accept().Send(Ok("fresh")).Text.Should().StartWith("GET /again ");

        Answer(client).Body.Should().Be("fresh");
        Log[^1].Should().Be("200 - 2");
    }

    [Test]
    public void Router_ReusedConnectionDiesUnderAPut_SendsTheBodyAgain()
    {
        Start(To("app"));
        var (client, stale) = Warm();
        client.Send("PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc").Send("def");
        stale.Reset();

        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");

        upstream.Expect("abcdef").Send(Ok());
        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Router_ReusedConnectionDiesUnderAPost_DoesNotSendItTwice()
    {
        Start(To("app"));
        var (client, stale) = Warm();
        client.Send(Post("pay"));

        stale.Reset();

        Answer(client).Body.Should().Be(Prefix + "connection termination");
        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_BodyTooLargeToKeep_IsNotSentTwice()
    {
        Start(To("app"));
        var (client, stale) = Warm();
        client.Send($"PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n{new string('x', 100000)}");

        stale.Reset();

        Answer(client).Body.Should().Be(Prefix + "connection termination");
        Upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Router_UpstreamSpeaksNonsense_Answers502()
    {
        Start(To("app"));
        var client = Client().Send(Get());

        Upstream.Accept().Send("hello world\r\n\r\n");

        var (head, body) = Answer(client);
        head.Should().StartWith("HTTP/1.1 502 Bad Gateway\r\n");
        body.Should().Be(Prefix + "protocol error");
        Log.Should().Equal("502 UPE upstream_reset_before_response_started{protocol_error}");
    }

    [Test]
    public void Router_UpstreamDiesInTheBody_ResetsTheClient()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");

        upstream.Reset();

        client.ReadUntil("abc");
        client.IsOpen.Should().BeFalse();
        Log[0].Should().StartWith("200 U").And.Contain("upstream_reset_after_response_started{");
        Stat("http.in.rq_reset_after_downstream_response_started").Should().Be(1);
    }

    [Test]
    public void Router_ClientLeaves_GivesTheUpstreamUp()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();

        client.Reset();

        upstream.IsOpen.Should().BeFalse();
        Log.Should().Equal("0 DC downstream_remote_disconnect");
    }

    [Test]
    public void Router_LocalReplyOnAForwardingRoute_GetsTheRoutesResponseEdits()
    {
        Start(To("dead") with { Edits = new HeaderEditsConfig { ResponseAdditions = [new HeaderAddition("x-edit", "%RESPONSE_FLAGS%")] } });
        var client = Client().Send(Get());

        Answer(client).Head.Should().Contain("x-edit: UF\r\n");
    }

    // Leaves one idle upstream connection behind.
    private (Testing.TestPeer Client, Testing.TestPeer Upstream) Warm()
    {
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.Send(Ok());
        Answer(client);
        return (client, upstream);
    }
}
