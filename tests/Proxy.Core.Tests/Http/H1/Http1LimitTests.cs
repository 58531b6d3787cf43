using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

public sealed class Http1LimitTests
{
    private const int HeadOverhead = 36 + 4; // request line, host, the name of the long header, the line ends

    [TestCase(61440 - HeadOverhead, 0)]
    [TestCase(61440 - HeadOverhead + 1, 431)]
    public void RequestHead_OfTheDefaultLimit_IsTheLongest(int value, int status)
    {
        var server = new ServerHarness().Send($"GET /p HTTP/1.1\r\nHost: a.test\r\nx-a: {new string('v', value)}\r\n\r\n");

        server.Last.Error.StatusCode.Should().Be(status);
        server.Last.Error.Details.Should().Be(status == 0 ? null : "http1.headers_too_large");
    }

    [Test]
    public void RequestHead_ThatNeverEnds_IsRefusedAtTheLimit()
    {
        var server = new ServerHarness(new Http1ServerOptions { MaxHeadBytes = 1000 });
        for (var i = 0; i < 100 && server.Requests.Count + (server.Requests.Count > 0 && server.Last.Error.IsError ? 1 : 0) < 2; i++)
        {
            server.Send("GET /aaaaaaaaaaaaaaaa");
        }

        server.Last.Error.StatusCode.Should().Be(431);
        server.Pending.Should().Be(0);
    }

    [TestCase(99, 0)]
    [TestCase(100, 431)]
    public void RequestHeaders_AboveTheCount_AreRefused(int beside, int status)
    {
        var fields = string.Concat(Enumerable.Range(0, beside).Select(static i => $"x-{i}: v\r\n"));

        var server = new ServerHarness().Send($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        server.Last.Error.StatusCode.Should().Be(status);
        server.Last.Error.Details.Should().Be(status == 0 ? null : "http1.too_many_headers");
    }

    [Test]
    public void Trailers_AboveTheirLimits_AreRefused()
    {
        const string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
        var dropped = new ServerHarness(new Http1ServerOptions { MaxHeadBytes = 200 }).Send(head + new string('x', 201));
        var passed = new ServerHarness(new Http1ServerOptions { EnableTrailers = true, MaxHeadersCount = 2 }).Send(head + "a: 1\r\nb: 2\r\nc: 3\r\n\r\n");

        dropped.Last.Error.Details.Should().Be("http1.headers_too_large");
        passed.Last.Error.Details.Should().Be("http1.too_many_headers");
    }

    [Test]
    public void ChunkLine_TooLong_IsRefused()
    {
        var server = new ServerHarness().Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;");
        for (var i = 0; i < 200; i++)
        {
            server.Send(new string('x', 1024));
        }

        server.Last.Error.Details.Should().Be("http1.codec_error");
    }

    [TestCase("x-a: " + "v", 101, "http1.headers_too_large")]
    [TestCase("x: y\r\n", 11, "http1.too_many_headers")]
    public void ResponseHead_AboveItsLimits_ResetsTheStream(string part, int times, string details)
    {
        var client = new ClientHarness(new Http1ClientOptions { MaxHeadBytes = 100, MaxHeadersCount = 10 }).Ask();

        client.Receive("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat(part, times)));

        client.Response.ResetDetails.Should().Be(details);
    }

    [TestCase(nameof(HeadersWithUnderscoresAction.Allow), 0, ":method=GET|:path=/|:authority=a|x_a=1|x-b=2")]
    [TestCase(nameof(HeadersWithUnderscoresAction.DropHeader), 0, ":method=GET|:path=/|:authority=a|x-b=2")]
    [TestCase(nameof(HeadersWithUnderscoresAction.RejectRequest), 400, null)]
    public void Underscores_InNames_AreTreatedAsConfigured(string action, int status, string? head)
    {
        var server = new ServerHarness(new Http1ServerOptions { HeadersWithUnderscores = Enum.Parse<HeadersWithUnderscoresAction>(action) }).Send("GET / HTTP/1.1\r\nHost: a\r\nx_a: 1\r\nx-b: 2\r\n\r\n");

        server.Last.Error.StatusCode.Should().Be(status);
        if (head is not null)
        {
            server.Last.Head.Should().Be(head);
        }
    }
}
