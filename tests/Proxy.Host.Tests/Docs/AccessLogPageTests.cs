using System.Net;
using System.Text;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/access-logs.md, loaded and served.</summary>
public sealed class AccessLogPageTests
{
    private readonly Dictionary<string, MemoryStream> _files = [];

    [Test]
    public void Page_Configuration_LogsAndRepliesAsItSays()
    {
        using var services = DocsPage.Services(DocsPage.Load("access-logs.md"), path => _files[path] = new MemoryStream());
        var proxy = TestProxy.Start(services);

        var peer = proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000"));
        peer.Send("GET /hello?x HTTP/1.1\r\nhost: a\r\n\r\n").ReadUntil("hello").Should().StartWith("HTTP/1.1 200 ");
        peer.Send("GET /nowhere HTTP/1.1\r\nhost: a\r\nx-request-id: 7\r\n\r\n").ReadUntil("}\n").Should()
            .StartWith("HTTP/1.1 404 ").And.Contain("x-why: route_not_found\r\n").And.EndWith("{\"error\":\"there is nothing here\",\"status\":404}\n");
        proxy.Advance(TimeSpan.FromSeconds(10));

        Content("/var/log/proxy/access.log").Should().Be("GET /hello 200 - 5 hello web\nGET /nowhere 404 NR 47 - -\n");
        Content("/var/log/proxy/errors.json").Should().Match("{\"request\":{\"id\":\"*\",\"path\":\"/nowhere\"},\"status\":404,\"why\":\"route_not_found\"}\n");
        proxy.Dispose();
    }

    private string Content(string path) => Encoding.UTF8.GetString(_files[path].ToArray());
}
