using System.Net;
using System.Text;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/expressions.md, loaded and served.</summary>
public sealed class ExpressionsPageTests
{
    [Test]
    public void Page_Configuration_LogsWhatTheExpressionTakes()
    {
        using var file = new MemoryStream();
        using var services = DocsPage.Services(DocsPage.Load("expressions.md"), _ => file);
        var proxy = TestProxy.Start(services);

        var peer = proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000"));
        peer.Send("GET /a?x HTTP/1.1\r\nhost: a\r\n\r\n").ReadUntil("\r\n\r\n");
        peer.Send("POST /b?x HTTP/1.1\r\nhost: a\r\nx-channel: beta\r\ncontent-length: 0\r\n\r\n").ReadUntil("\r\n\r\n");
        proxy.Advance(TimeSpan.FromSeconds(10));

        Encoding.UTF8.GetString(file.ToArray()).Should().Be("/b write\n");
        proxy.Dispose();
    }
}
