using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Http.Cors;
using Proxy.Filters.Tests.Router;

namespace Proxy.Filters.Tests.Cors;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CorsFilterTests : RouterFixture
{
    private static readonly CorsPolicyConfig Policy = new()
    {
        AllowOrigins = [new StringMatcherConfig(StringMatchKind.Exact, "https://page.test")],
        AllowMethods = "GET,PUT",
        AllowHeaders = "x-a",
        ExposeHeaders = "x-b",
        MaxAge = "60",
        AllowCredentials = true,
    };

    [Test]
    public void Request_OfAnAllowedOrigin_TellsThePageThatItMayRead()
    {
        Start(Policy);
        var head = Pass("origin: https://page.test\r\n");

        head.Should().Contain("access-control-allow-origin: https://page.test\r\n")
            .And.Contain("access-control-allow-credentials: true\r\n")
            .And.Contain("access-control-expose-headers: x-b\r\n")
            .And.NotContain("allow-methods");
        Stat("http.in.cors.origin_valid").Should().Be(1);
    }

    [TestCase("origin: https://other.test\r\n", 1)]
    [TestCase("origin: \r\n", 0)]
    [TestCase("", 0)]
    public void Request_OfOthers_PassesAsItIs(string header, int invalid)
    {
        Start(Policy);

        Pass(header).Should().NotContain("access-control");
        Stat("http.in.cors.origin_invalid").Should().Be(invalid);
    }

    [Test]
    public void Preflight_OfAnAllowedOrigin_IsAnsweredHere()
    {
        Start(Policy);
        var head = Answer(Client().Send(Preflight("https://page.test"))).Head;

        head.Should().StartWith("HTTP/1.1 200 OK\r\n")
            .And.Contain("access-control-allow-origin: https://page.test\r\n")
            .And.Contain("access-control-allow-credentials: true\r\n")
            .And.Contain("access-control-allow-methods: GET,PUT\r\n")
            .And.Contain("access-control-allow-headers: x-a\r\n")
            .And.Contain("access-control-max-age: 60\r\n")
            .And.NotContain("private-network");
        Log.Should().Equal("200 - cors_response");
    }

    [Test]
    public void Preflight_AnythingAllowed_GivesTheRequestedBack()
    {
        Start(Policy with { AllowOrigins = [new StringMatcherConfig(StringMatchKind.Exact, "*")], AllowMethods = "*", AllowHeaders = "*", AllowPrivateNetwork = true });
        var head = Answer(Client().Send(Preflight("https://any.test", "access-control-request-headers: x-1,x-2\r\naccess-control-request-private-network: true\r\n"))).Head;

        head.Should().Contain("access-control-allow-origin: https://any.test\r\n")
            .And.Contain("access-control-allow-methods: PUT\r\n")
            .And.Contain("access-control-allow-headers: x-1,x-2\r\n")
            .And.Contain("access-control-allow-private-network: true\r\n");
    }

    [TestCase(null)]
    [TestCase(true)]
    [TestCase(false)]
    public void Preflight_OfAnotherOrigin_IsForwardedUnlessItIsNotTo(bool? forward)
    {
        Start(Policy with { ForwardNotMatchingPreflights = forward });
        var client = Client().Send(Preflight("https://other.test"));
        if (forward != false)
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client).Head.Should().StartWith("HTTP/1.1 200").And.NotContain("allow-origin");
        Log.Should().Equal(forward == false ? "200 - cors_response" : "200 - via_upstream");
    }

    [Test]
    public void Options_WithoutARequestedMethod_IsNoPreflight()
    {
        Start(Policy);
        var client = Client().Send("OPTIONS / HTTP/1.1\r\nhost: a.test\r\norigin: https://page.test\r\n\r\n");
        Upstream.Accept().Send(Ok());

        Answer(client).Head.Should().Contain("access-control-allow-origin");
    }

    [TestCase(0, 1)]
    [TestCase(100, 1)]
    public void Shadow_CountsOnly(int enabled, int valid)
    {
        Start(Policy with { Enabled = new FractionConfig((uint)enabled), Shadow = new FractionConfig(100) });

        Pass("origin: https://page.test\r\n").Contains("access-control", StringComparison.Ordinal).Should().Be(enabled > 0);
        Stat("http.in.cors.origin_valid").Should().Be(valid);
    }

    [Test]
    public void Enabled_RuntimeTurnsItOff()
    {
        Start(Policy with { Enabled = new FractionConfig(100, 100, "cors.on") });
        RuntimeValues.Replace([new RuntimeValue("cors.on", "0")]);

        Pass("origin: https://page.test\r\n").Should().NotContain("access-control");
    }

    [Test]
    public void Levels_FillInWhatTheNarrowerOnesLeaveOut()
    {
        Start(Policy, new CorsPolicyConfig { ExposeHeaders = "x-own", AllowCredentials = false });
        var head = Pass("origin: https://page.test\r\n");

        head.Should().Contain("access-control-allow-origin: https://page.test\r\n").And.Contain("access-control-expose-headers: x-own\r\n").And.NotContain("allow-credentials");
    }

    [Test]
    public void Requests_OfOneWorker_DoNotShareWhatWasKept()
    {
        Start(Policy);
        var client = Client().Send(Get("/", "origin: https://page.test\r\n"));
        var upstream = Upstream.Accept().Send(Ok());
        Answer(client).Head.Should().Contain("allow-origin");

        client.Send(Get());
        upstream.Send(Ok());

        Answer(client).Head.Should().NotContain("allow-origin");
    }

    private static string Preflight(string origin, string more = "") =>
        $"OPTIONS / HTTP/1.1\r\nhost: a.test\r\norigin: {origin}\r\naccess-control-request-method: PUT\r\n{more}\r\n";

    private string Pass(string headers)
    {
        var client = Client().Send(Get("/", headers));
        Upstream.Accept().Send(Ok());
        return Answer(client).Head;
    }

    private void Start(CorsPolicyConfig ofHost, CorsPolicyConfig? ofRoute = null)
    {
        MoreFilters = [new CorsFactory()];
        var route = To("app") with { PerFilter = ofRoute is null ? [] : [new PerFilterConfig("cors", ofRoute)] };
        var table = Table(route);
        table = table with { VirtualHosts = [table.VirtualHosts[0] with { PerFilter = [new PerFilterConfig("cors", ofHost)] }] };
        Start(table, null, static config => config with { Filters = [new FilterConfig("cors", new CorsConfig()), .. config.Filters] });
    }
}
