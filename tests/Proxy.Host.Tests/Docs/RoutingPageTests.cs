using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/routing.md, loaded and served.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RoutingPageTests : IDisposable
{
    private readonly ServiceProvider _services = DocsPage.Services(DocsPage.Load("routing.md"), static _ => Stream.Null);
    private readonly TestProxy _proxy;
    private readonly TestUpstream _app;
    private readonly TestUpstream _beta;

    public RoutingPageTests()
    {
        _proxy = TestProxy.Start(_services);
        _app = _proxy.Listen(IPEndPoint.Parse("127.0.0.1:8081"));
        _beta = _proxy.Listen(IPEndPoint.Parse("127.0.0.1:8082"));
    }

    [TearDown]
    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [TestCase("shop.test", "/health?deep", "HTTP/1.1 200 OK\r\n*\r\n\r\nfine")]
    [TestCase("eu.shop.test", "/health", "HTTP/1.1 200 OK\r\n*\r\n\r\nfine")]
    [TestCase("shop.test", "/health/", "HTTP/1.1 404 Not Found\r\n*")]
    [TestCase("other.test", "/health", "HTTP/1.1 404 Not Found\r\n*")]
    [TestCase("shop.test", "/oLD/a?b", "HTTP/1.1 308 Permanent Redirect\r\n*location: https://new.test/a\r\n*")]
    [TestCase("10.1.2.3", "/x", "HTTP/1.1 301 Moved Permanently\r\n*location: https://10.1.2.3/x\r\n*")]
    public void Page_RoutesWithoutUpstream_Answer(string host, string path, string expected)
    {
        Ask(host, path).Text.Should().Match(expected);
    }

    [TestCase("/api/a?b", "GET /v2/a?b HTTP/1.1", "host: app.internal", "x-forwarded-host: shop.test", "x-envoy-original-path: /api/a?b", "x-route: api")]
    [TestCase("/order/7/lines/2", "GET /orders/by-id/7 HTTP/1.1", "host: shop.test", "x-route: order")]
    [TestCase("/user/ada", "GET /people/ada HTTP/1.1", "x-route: user")]
    public void Page_RoutesToApp_RewriteAndEdit(string path, params string[] lines)
    {
        var peer = Ask("shop.test", path);

        var upstream = _app.Accept();
        (upstream.ReadUntil("\r\n\r\n") + "").Split("\r\n").Should().Contain(lines);
        upstream.Send("HTTP/1.1 200 OK\r\nx-powered-by: luck\r\ncontent-length: 0\r\n\r\n");
        var answer = peer.ReadUntil("\r\n\r\n");
        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.NotContain("x-powered-by");
        answer.Contains("cache-control: no-store").Should().Be(path.StartsWith("/api", StringComparison.Ordinal));
    }

    [TestCase("/api?plan=pro-1", "x-beta: 1\r\ncookie: staff=12", true)]
    [TestCase("/api?plan=free", "x-beta: 1\r\ncookie: staff=12", false)]
    [TestCase("/api?plan=pro-1", "x-beta: 1\r\ncookie: staff=x", false)]
    [TestCase("/api?plan=pro-1", "x-beta: 2\r\ncookie: staff=12", false)]
    [TestCase("/apis?plan=pro-1", "x-beta: 1\r\ncookie: staff=12", null)]
    public void Page_RouteWithConditions_NeedsThemAll(string path, string headers, bool? isBeta)
    {
        Ask("shop.test", path, headers);

        (_beta.Waiting, _app.Waiting).Should().Be(isBeta switch { true => (1, 0), false => (0, 1), _ => (0, 0) });
    }

    private TestPeer Ask(string host, string path, string headers = "x-a: b")
    {
        return _proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000")).Send($"GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n\r\n");
    }
}
