namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RewriteFormatTests : RouterFixture
{
    [TestCase("/p%REQ(:PATH)%", "/a", "/p/a")]
    [TestCase("/for/%REQ(x-to)%", "/a?q=1", "/for/me?q=1")]
    [TestCase("/x?y=1", "/a?q=1", "/x?y=1?q=1")]
    [TestCase("/%%", "/a", "/%")]
    [TestCase("%REQ(none)%", "/a?q", "/a?q")]
    [TestCase("", "/a", "/a")]
    public void Path_MadeOfOperators_KeepsTheQuery(string format, string path, string expected)
    {
        Start(To("app", "/", action => action with { PathRewriteFormat = format }));
        Client().Send(Get(path, "x-to: me\r\n"));

        var request = Upstream.Accept().ReadUntil("\r\n\r\n");

        request.Should().StartWith($"GET {expected} HTTP/1.1\r\n");
        request.Contains("x-envoy-original-path: " + path).Should().Be(path != expected);
    }

    [TestCase("/b HTTP/1.1 junk")]
    [TestCase("/caf\u00e9")]
    public void Path_FromAValueThatIsNoPath_StaysAsItWas(string value)
    {
        Start(To("app", "/", static action => action with { PathRewriteFormat = "%REQ(x-to)%" }));
        Client().Send(Get("/a", $"x-to: {value}\r\n"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("GET /a HTTP/1.1\r\n", "a client must not write the request line");
    }

    [TestCase("x-host: h.test\r\n", "fmt-h.test")]
    [TestCase("x-host:\r\n", "fmt-")]
    [TestCase("", "fmt--")]
    public void Host_MadeOfOperators_LeavesTheOldOneInHeaders(string header, string expected)
    {
        Start(To("app", "/", static action => action with { HostRewriteFormat = "fmt-%REQ(x-host)%", AppendForwardedHost = true }));
        Client().Send(Get("/", header));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain($"host: {expected}\r\n")
            .And.Contain("x-forwarded-host: a.test\r\n").And.Contain("x-envoy-original-host: a.test\r\n");
    }
}
