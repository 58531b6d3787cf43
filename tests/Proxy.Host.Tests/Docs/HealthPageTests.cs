using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/health.md, loaded and served.</summary>
public sealed class HealthPageTests
{
    private const string Failed = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n";

    [Test]
    public void Health_Configuration_DoesWhatThePageSays()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(options => options.Add(DocsPage.Load("health.md"))).AddFilters();
        using var provider = services.BuildServiceProvider();
        var proxy = TestProxy.Start(provider);
        var well = proxy.Listen(IPEndPoint.Parse("127.0.0.1:8081"));
        proxy.Advance(TimeSpan.FromSeconds(5.1));
        var check = well.Accept();
        check.ReadUntil("\r\n\r\n").Should().StartWith("GET /healthz HTTP/1.1\r\nhost: app.internal\r\n");
        check.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(5.1));
        check.ReadUntil("\r\n\r\n");
        check.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        proxy.Advance(TimeSpan.FromMilliseconds(10));

        var client = proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000"));
        TestPeer? host = null;
        for (var i = 0; i < 3; i++)
        {
            client.Send("GET / HTTP/1.1\r\nhost: a.test\r\n\r\n");
            host ??= well.Accept();
            host.ReadUntil("\r\n\r\n");
            host.Send(Failed);
            client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 500");
        }

        proxy.Advance(TimeSpan.FromMilliseconds(10));
        client.Send("GET / HTTP/1.1\r\nhost: a.test\r\n\r\n").ReadUntil("no healthy upstream").Should().StartWith("HTTP/1.1 503");
        proxy.Dispose();
    }
}
