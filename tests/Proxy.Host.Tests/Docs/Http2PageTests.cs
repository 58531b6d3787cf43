using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/http2.md, loaded and served: frames by hand on both sides.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class Http2PageTests : IDisposable
{
    private const string Settings = "\0\0\0\x04\0\0\0\0\0";

    private readonly ServiceProvider _services = DocsPage.Services(DocsPage.Load("http2.md"), static _ => Stream.Null);
    private readonly TestProxy _proxy;

    public Http2PageTests() => _proxy = TestProxy.Start(_services);

    [TearDown]
    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [Test]
    public void Page_SpeaksHttp2OnBothSides()
    {
        var app = _proxy.Listen(IPEndPoint.Parse("127.0.0.1:8081"));
        var client = _proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000")).Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Settings + Head(1, "\x82\x86\x84\x41\x01" + "a"));

        var upstream = app.Accept();
        upstream.Text.Should().StartWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        Frames(upstream.Text[24..]).Should().Contain("Head 1 end");
        upstream.Send(Settings + Head(1, "\x89"));

        Frames(client.Text).Should().StartWith("Settings").And.Contain("Head 1 end");
    }

    private static string Head(int id, string block) => $"\0\0{(char)block.Length}\x01\x05\0\0\0{(char)id}{block}";

    private static List<string> Frames(string bytes)
    {
        var frames = new List<string>();
        for (var at = 0; at < bytes.Length; at += 9 + (bytes[at + 1] << 8) + bytes[at + 2])
        {
            frames.Add(bytes[at + 3] switch
            {
                (char)1 => $"Head {(int)bytes[at + 8]}{((bytes[at + 4] & 1) != 0 ? " end" : "")}",
                (char)4 => "Settings",
                _ => "other",
            });
        }

        return frames;
    }
}
