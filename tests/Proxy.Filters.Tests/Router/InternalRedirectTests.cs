using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InternalRedirectTests : RouterFixture
{
    private const string Failed = "cluster.app.upstream_internal_redirect_failed_total";
    private const string Succeeded = "cluster.app.upstream_internal_redirect_succeeded_total";

    [Test]
    public void Redirect_IsFollowed_AsANewRequest()
    {
        Start(Following());
        var client = Client().Send(Get("/old?q=1"));
        var second = Redirect("http://b.test:81/new?x=2#part");
        var head = second.ReadUntil("\r\n\r\n");
        second.Send(Ok("new"));

        Answer(client).Body.Should().Be("new");
        head.Should().StartWith("GET /new?x=2 HTTP/1.1\r\n").And.Contain("host: b.test:81\r\n").And.Contain("x-envoy-original-url: http://a.test/old?q=1\r\n");
        Stat(Succeeded).Should().Be(1);
        Stat("cluster.app.upstream_rq_3xx").Should().Be(0);
        Stat("http.in.downstream_rq_total").Should().Be(2);
        Stat("http.in.downstream_rq_completed").Should().Be(1);
        Stat("http.in.downstream_rq_active").Should().Be(0);
        Log.Should().Equal("302 - internal_redirect", "200 - via_upstream");
    }

    [Test]
    public void Redirect_ToAnotherRoute_GoesThereThroughTheFilters()
    {
        LogText = "%ROUTE_NAME% %REQ(:PATH)% %RESP(LOCATION)%";
        Start(Table(
            To("app", "/new") with { Name = "new" },
            Followed() with { Name = "old" }));
        var client = Client().Send(Get("/old"));
        Redirect("http://b.test/new").Send(Ok());
        Answer(client);

        Log.Should().Equal("new /new http://b.test/new", "new /new -");
    }

    [Test]
    public void Redirect_RequestHasABody_IsSentAgain()
    {
        Start(Following(static policy => policy with { StatusCodes = [307] }));
        var client = Client().Send(Post("hello"));
        var second = Redirect("http://b.test/new", 307);
        second.ReadUntil("\r\n\r\n").Should().StartWith("POST /new").And.Contain("content-length: 5\r\n");
        second.Take(5).Should().Be("hello");
        second.Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Redirect_SeeOther_BecomesAGetWithoutBody()
    {
        Start(Following(static policy => policy with { StatusCodes = [303] }));
        var client = Client().Send(Post("hello"));
        var second = Redirect("http://b.test/new", 303);
        second.ReadUntil("\r\n\r\n").Should().StartWith("GET /new").And.NotContain("content-length");
        second.Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    [Test]
    public void Redirect_SecondOne_IsPassedOnByDefault()
    {
        Start(Following());
        var client = Client().Send(Get("/old"));
        Redirect("http://b.test/1").Send(Found("http://b.test/2"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302").And.Contain("location: http://b.test/2\r\n");
        Stat(Succeeded).Should().Be(1);
        Stat(Failed).Should().Be(1);
        Stat("http.in.passthrough_internal_redirect_too_many_redirects").Should().Be(1);
    }

    [Test]
    public void Redirect_SecondOneAllowed_IsFollowedWithTheBody()
    {
        Start(Following(static policy => policy with { MaxRedirects = 2 }));
        var client = Client().Send(Post("hello"));
        Redirect("http://b.test/1").Send(Closing(Found("http://b.test/2")));
        var third = Upstream.Accept();
        third.ReadUntil("\r\n\r\n").Should().StartWith("POST /2").And.Contain("x-envoy-original-url: http://b.test/1\r\n");
        third.Take(5).Should().Be("hello");
        third.Send(Ok());

        Answer(client).Body.Should().Be("ok");
    }

    [TestCase("/relative", "bad_location")]
    [TestCase("http://b.test:bad/", "bad_location")]
    [TestCase("https://b.test/", "unsafe_scheme")]
    [TestCase("http://nobody.test/", "no_route")]
    [TestCase("http://b.test?x=1", "no_route")]
    public void Redirect_ThatMayNotBeFollowed_IsPassedOn(string location, string counter)
    {
        var table = Table(Followed());
        Start(table with { VirtualHosts = [table.VirtualHosts[0] with { Domains = ["a.test", "b.test", "b.test:bad"] }] });
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send(Found(location));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302").And.Contain($"location: {location}\r\n");
        Stat("http.in.passthrough_internal_redirect_" + counter).Should().Be(1);
        Stat(Failed).Should().Be(1);
        Log.Should().Equal("302 - via_upstream");
    }

    [TestCase(301)]
    [TestCase(200)]
    public void Answer_StatusIsNotListed_IsPassedOn(int status)
    {
        Start(Following());
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send(Found("http://b.test/", status));

        Answer(client).Head.Should().StartWith($"HTTP/1.1 {status}");
        Stat(Failed).Should().Be(0);
    }

    [Test]
    public void Redirect_RequestIsNotComplete_IsPassedOn()
    {
        Start(Following());
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 5\r\n\r\nhe");
        Upstream.Accept().Send(Found("http://b.test/"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302");
        Stat(Failed).Should().Be(1);
    }

    [Test]
    public void Redirect_RequestIsTooLargeToKeep_IsPassedOn()
    {
        Start(Table(Followed(change: static forward => forward with { RequestBufferLimit = 4 })));
        var client = Client().Send(Post("hello"));
        var upstream = Upstream.Accept();
        upstream.ReadUntil("\r\n\r\n");
        upstream.Take(5).Should().Be("hello");
        upstream.Send(Found("http://b.test/"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302");
        Stat(Failed).Should().Be(1);
        Stat("cluster.app.retry_or_shadow_abandoned").Should().Be(1);
    }

    [Test]
    public void Redirect_WithoutLocation_IsPassedOn()
    {
        Start(Following());
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n");

        Answer(client).Head.Should().StartWith("HTTP/1.1 302");
        Stat(Failed).Should().Be(1);
    }

    [Test]
    public void Redirect_CrossSchemeAllowed_IsFollowed()
    {
        Start(Following(static policy => policy with { AllowCrossScheme = true }));
        var client = Client().Send(Get("/old"));
        Redirect("https://b.test/new").Send(Ok());

        Answer(client).Head.Should().StartWith("HTTP/1.1 200");
    }

    [Test]
    public void Redirect_SafeCrossScheme_RefusesTlsFromPlaintext()
    {
        Start(Following(static policy => policy with { AllowCrossScheme = true, Predicates = [new SafeCrossSchemePredicateConfig()] }));
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send(Found("https://b.test/new"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302");
        Stat("http.in.passthrough_internal_redirect_predicate").Should().Be(1);
    }

    [TestCase("new", "200")]
    [TestCase("other", "302")]
    public void Redirect_AllowListedRoutes_AreFollowedOnly(string allowed, string status)
    {
        Start(Table(
            To("app", "/new") with { Name = "new" },
            Followed(policy => policy with { Predicates = [new AllowListedRoutesPredicateConfig([allowed])] })));
        var client = Client().Send(Get("/old"));
        var first = Upstream.Accept();
        first.Send(Closing(Found("http://b.test/new")));
        if (status == "200")
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith("HTTP/1.1 " + status);
    }

    [Test]
    public void Redirect_PreviousRoutes_AreNotFollowedAgain()
    {
        Start(Table(Followed(static policy => policy with { MaxRedirects = 5, Predicates = [new PreviousRoutesPredicateConfig()] })));
        var client = Client().Send(Get("/old"));
        Redirect("http://b.test/1").Send(Found("http://b.test/2"));

        Answer(client).Head.Should().StartWith("HTTP/1.1 302").And.Contain("location: http://b.test/2\r\n");
        Stat("http.in.passthrough_internal_redirect_predicate").Should().Be(1);
    }

    [Test]
    public void Redirect_HeadersToCopy_ReplaceThoseOfTheRequest()
    {
        Start(Following(static policy => policy with { ResponseHeadersToCopy = ["x-set", "x-gone"] }));
        var client = Client().Send(Get("/old", "x-set: 0\r\nx-gone: 1\r\n"));
        Upstream.Accept().Send(Closing(Found("http://b.test/new", 302, "x-set: 1\r\nx-set: 2\r\n")));
        var second = Upstream.Accept();
        var head = second.ReadUntil("\r\n\r\n");
        second.Send(Ok());
        Answer(client);

        head.Should().Contain("x-set: 1\r\n").And.Contain("x-set: 2\r\n").And.NotContain("x-set: 0").And.NotContain("x-gone");
    }

    [Test]
    public void Redirect_NextRequestOnTheConnection_StartsAfresh()
    {
        Start(Following());
        var client = Client();
        for (var i = 0; i < 2; i++)
        {
            client.Send(Get("/old"));
            Redirect("http://b.test/new").Send(Closing(Ok()));
            Answer(client).Head.Should().StartWith("HTTP/1.1 200");
        }

        Stat(Succeeded).Should().Be(2);
    }

    [Test]
    public void Redirect_AnswerOfATry_IsFollowedAfterTheRetry()
    {
        Start(Table(Followed(change: static forward => forward with { RetryPolicy = new RetryPolicyConfig { RetryOn = "5xx" } })));
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send("HTTP/1.1 503 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(300);
        Redirect("http://b.test/new").Send(Ok());

        Answer(client).Head.Should().StartWith("HTTP/1.1 200");
        Stat(Succeeded).Should().Be(1);
    }

    [Test]
    public void Redirect_UpstreamOfTheNewRouteFails_IsAnsweredAsItIs()
    {
        Start(Table(To("dead", "/new"), Followed()));
        var client = Client().Send(Get("/old"));
        Upstream.Accept().Send(Closing(Found("http://b.test/new")));

        Answer(client).Head.Should().StartWith("HTTP/1.1 503");
        Stat("http.in.downstream_rq_active").Should().Be(0);
    }

    private static RouteTableConfig Following(Func<InternalRedirectConfig, InternalRedirectConfig>? change = null) => Table(Followed(change));

    private static RouteConfig Followed(
        Func<InternalRedirectConfig, InternalRedirectConfig>? policy = null, Func<ForwardActionConfig, ForwardActionConfig>? change = null)
    {
        var redirects = new InternalRedirectConfig();
        redirects = policy?.Invoke(redirects) ?? redirects;
        return To("app", "/", forward => (change?.Invoke(forward) ?? forward) with { InternalRedirects = redirects });
    }

    private static string Found(string location, int status = 302, string more = "") =>
        $"HTTP/1.1 {status} Found\r\nlocation: {location}\r\ncontent-length: 4\r\n{more}\r\ngone";

    private static string Closing(string answer) => answer.Replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n", StringComparison.Ordinal);

    // Redirects the request that has come; the next one needs a connection of its own.
    private TestPeer Redirect(string location, int status = 302)
    {
        Upstream.Accept().Send(Closing(Found(location, status)));
        return Upstream.Accept();
    }
}
