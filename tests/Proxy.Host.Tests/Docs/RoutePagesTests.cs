using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configurations of docs/route-actions.md and docs/retries-and-timeouts.md, loaded and served.</summary>
public sealed class RoutePagesTests
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("127.0.0.1:10000");
    private static readonly IPEndPoint First = IPEndPoint.Parse("127.0.0.1:8081");
    private static readonly IPEndPoint Second = IPEndPoint.Parse("127.0.0.1:8082");

    [Test]
    public void RouteActions_Configuration_DoesWhatThePageSays()
    {
        using var services = Services("route-actions.md");
        var proxy = TestProxy.Start(services);
        var app = proxy.Listen(First);
        var copies = proxy.Listen(Second);
        var client = proxy.Connect(Front);

        client.Send("POST /copied HTTP/1.1\r\nhost: a.test\r\ncontent-length: 4\r\n\r\nbody");
        copies.Accept().ReadUntil("body").Should().Contain("host: a.test-shadow\r\n");
        var host = app.Accept();
        host.ReadUntil("body").Should().Contain("host: a.test\r\n");
        host.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200");

        client.Send("GET /sticky HTTP/1.1\r\nhost: a.test\r\n\r\n");
        host.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").Take();
        client.ReadUntil("\r\n\r\n").Should().MatchRegex("set-cookie: stick=\"[0-9a-f]{16}\"; Max-Age=3600; Path=/sticky; HttpOnly\r\n");

        client.Send("GET /x?q=1 HTTP/1.1\r\nhost: a.test\r\nx-user: ann\r\n\r\n");
        host.ReadUntil("\r\n\r\n").Should().StartWith("GET /for/ann?q=1 HTTP/1.1\r\n").And.Contain("host: ann.internal\r\n").And.Contain("x-forwarded-host: a.test\r\n");
        proxy.Dispose();
    }

    [Test]
    public void Retries_Configuration_DoesWhatThePageSays()
    {
        using var services = Services("retries-and-timeouts.md");
        var proxy = TestProxy.Start(services);
        TestUpstream[] hosts = [proxy.Listen(First), proxy.Listen(Second)];
        var client = proxy.Connect(Front).Send("GET / HTTP/1.1\r\nhost: a.test\r\n\r\n");

        var tried = Array.FindIndex(hosts, static host => host.Waiting > 0);
        var first = hosts[tried].Accept();
        first.ReadUntil("\r\n\r\n").Should().Contain("x-envoy-attempt-count: 1\r\n").And.Contain("x-envoy-expected-rq-timeout-ms: 2000\r\n");
        first.Send("HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(2.9));
        hosts[1 - tried].Waiting.Should().Be(0, "the host asked for three seconds");
        proxy.Advance(TimeSpan.FromSeconds(2));

        var second = hosts[1 - tried].Accept();
        second.ReadUntil("\r\n\r\n").Should().Contain("x-envoy-attempt-count: 2\r\n");
        second.Send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        client.ReadUntil("ok").Should().StartWith("HTTP/1.1 200");
        proxy.Dispose();
    }

    private static ServiceProvider Services(string page)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(options => options.Add(DocsPage.Load(page))).AddFilters();
        return services.BuildServiceProvider();
    }
}
