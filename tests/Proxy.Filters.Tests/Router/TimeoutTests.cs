using System.Net;
using Proxy.Configuration;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TimeoutTests : RouterFixture
{
    [Test]
    public void Router_NoAnswerFor15Seconds_Answers504()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        Runtime.Advance(14_990);
        client.ExpectSilence();

        Runtime.Advance(20);

        var (head, body) = Answer(client);
        head.Should().StartWith("HTTP/1.1 504 Gateway Timeout\r\n");
        body.Should().Be("upstream request timeout");
        upstream.IsOpen.Should().BeFalse();
        Log.Should().Equal("504 UT response_timeout");
        Stat("cluster.app.upstream_rq_timeout").Should().Be(1);
        Stat("cluster.app.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Router_RequestNotComplete_DoesNotCountAgainstTheTimeout()
    {
        Start(To("app", "/", static action => action with { Timeout = TimeSpan.FromSeconds(1) }));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\na");
        Runtime.Advance(5_000);
        client.ExpectSilence();

        client.Send("b");
        Runtime.Advance(1_010);

        Answer(client).Head.Should().StartWith("HTTP/1.1 504");
    }

    [Test]
    public void Router_TimeoutInTheMiddleOfTheBody_ResetsTheClient()
    {
        Start(To("app", "/", static action => action with { Timeout = TimeSpan.FromMilliseconds(400) }));
        var client = Client().Send(Get());
        Upstream.Accept().Send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");

        Runtime.Advance(410);

        client.ReadUntil("abc");
        client.IsOpen.Should().BeFalse();
        Log.Should().Equal("200 UT response_timeout");
    }

    [Test]
    public void Router_TimeoutTurnedOff_WaitsAndTellsTheUpstreamNothing()
    {
        Start(To("app", "/", static action => action with { Timeout = null }));
        var client = Client().Send(Get());
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n").Should().NotContain("x-envoy-expected-rq-timeout-ms");

        Runtime.Advance(60_000);
        client.ExpectSilence();
        upstream.Send(Ok());

        Answer(client).Head.Should().StartWith("HTTP/1.1 200").And.Contain("x-envoy-upstream-service-time: 60000");
    }

    [TestCase("200", "200")]
    [TestCase("3000", "3000")]
    [TestCase("junk", "15000")]
    public void Router_TimeoutHeader_WinsOverTheRouteAndStaysHere(string sent, string expected)
    {
        Start(Table(To("app")), null, static config => config with { InternalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] });
        Client().Send(Get("/", $"x-forwarded-for: 10.0.0.1\r\nx-envoy-upstream-rq-timeout-ms: {sent}\r\n"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain($"x-envoy-expected-rq-timeout-ms: {expected}\r\n").And.NotContain("upstream-rq-timeout-ms");
    }

    [Test]
    public void Router_AnswerInTime_CancelsTheTimeout()
    {
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok());
        Answer(client);

        Runtime.Advance(20_000);

        client.ExpectSilence();
        Log.Should().HaveCount(1);
    }
}
