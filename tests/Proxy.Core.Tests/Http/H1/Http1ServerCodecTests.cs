using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Core.Tests.Http.H1;

public sealed class Http1ServerCodecTests
{
    private const string Get = "GET /p HTTP/1.1\r\nHost: a.test\r\n\r\n";

    [Test]
    public void Get_WholeHead_GivesPseudoHeadersFirst()
    {
        var server = new ServerHarness().Send("GET /p?q=1 HTTP/1.1\r\nX-A: 1\r\nHost: a.test\r\n\r\n");

        server.Last.Head.Should().Be(":method=GET|:path=/p?q=1|:authority=a.test|x-a=1");
        server.Last.Complete.Should().BeTrue();
        server.Last.Closed.Should().BeFalse();
    }

    [Test]
    public void Post_WithLength_EndsWithItsLastByte()
    {
        var server = new ServerHarness().Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET");

        server.Last.Body.Should().Be("hello");
        server.Last.Complete.Should().BeTrue();
        server.Pending.Should().Be(3, "the next request waits for its turn");
        server.Transport.ReadDisables.Should().Be(1);
    }

    [Test]
    public void Post_Chunked_LosesItsFraming()
    {
        var server = new ServerHarness().Send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2 \r\nlo\r\n0\r\nx-t: v\r\n\r\n");

        server.Last.Body.Should().Be("hello");
        server.Last.HasTrailers.Should().BeFalse("trailers are dropped unless enabled");
        server.Last.Complete.Should().BeTrue();
    }

    [Test]
    public void Pipeline_TwoRequests_SecondComesAfterTheFirstAnswer()
    {
        var server = new ServerHarness().Send(Get + Get.Replace("/p", "/q", StringComparison.Ordinal));
        server.Requests.Should().HaveCount(1);

        ServerHarness.AnswerOk(server.Stream!, server.Last);
        server.Transport.ReadDisables.Should().Be(0);
        server.Deliver();

        server.Requests.Should().HaveCount(2);
        server.Last.Get(":path").Should().Be("/q");
        server.Requests[0].Closed.Should().BeTrue();
    }

    [Test]
    public void Response_WithoutLength_IsChunked()
    {
        var server = new ServerHarness().Send(Get);

        server.Stream!.EncodeHeaders(Text.Map((":status", "200"), ("server", "envoy")), endStream: false);
        server.Stream.EncodeData("hello"u8, endStream: false);
        server.Stream.EncodeData("!"u8, endStream: true);

        server.Transport.Text.Should().Be("HTTP/1.1 200 OK\r\nserver: envoy\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
        server.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void Response_HeadersOnly_SaysThatThereIsNoBody()
    {
        var server = new ServerHarness { Answer = ServerHarness.AnswerOk }.Send(Get);

        server.Transport.Text.Should().Be("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }

    [Test]
    public void Response_BeforeTheRequestIsComplete_ClosesBehindIt()
    {
        var server = new ServerHarness { AnswerHead = ServerHarness.AnswerOk }.Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");

        server.Transport.Text.Should().Contain("connection: close");
        server.Codec.ShouldClose.Should().BeTrue();
        server.Last.Closed.Should().BeTrue();
        server.Send("lo" + Get).Requests.Should().HaveCount(1, "what follows is dropped");
        server.Pending.Should().Be(0);
    }

    [TestCase("GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "http1.content_length_and_chunked_not_allowed")]
    [TestCase("GET /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "http1.invalid_transfer_encoding")]
    [TestCase("GET /p HTTP/1.0\r\nHost: a\r\n\r\n", 426, "low_version")]
    [TestCase("GET * HTTP/2.0\r\n\r\n", 400, "http1.invalid_url")]
    [TestCase("GET /p HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "http.invalid_authority")]
    [TestCase("GET /p HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n", 400, "http1.invalid_characters")]
    [TestCase("GET http://a:x/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "http1.invalid_url")]
    [TestCase("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "http1.invalid_scheme")]
    [TestCase("GET /p HTTP/1.1\r\nHost: a\r\nConnection: x-forwarded-for\r\n\r\n", 400, "http1.connection_header_rejected")]
    [TestCase("CONNECT a:80 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 400, "http1.content_length_not_allowed")]
    [TestCase("\u0016\u0003\u0001", 400, "http1.codec_error")]
    public void Fault_InTheHead_IsToldWithItsStatus(string head, int status, string details)
    {
        var server = new ServerHarness { Answer = ServerHarness.AnswerOk }.Send(head + Get);

        server.Requests.Should().HaveCount(1);
        server.Last.Error.StatusCode.Should().Be(status);
        server.Last.Error.Details.Should().Be(details);
        server.Last.HasHead.Should().BeFalse();
        server.Transport.Text.Should().StartWith($"HTTP/1.1 {status} ").And.Contain("connection: close");
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Fault_WhileTheResponseIsUnderWay_ClosesTheConnection()
    {
        var server = new ServerHarness
        {
            AnswerHead = (stream, _) => stream.EncodeHeaders(Text.Map((":status", "200")), endStream: false),
        };

        server.Send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx");

        server.Last.Error.Details.Should().Be("http1.codec_error");
        server.Last.ResetReason.Should().Be(StreamResetReason.ProtocolError);
        server.Last.Closed.Should().BeTrue();
        server.Transport.Closed.Should().Be(CloseMode.FlushAndDelay);
    }

    [Test]
    public void Drain_AnnouncesTheCloseOnTheNextResponse()
    {
        var server = new ServerHarness().Send(Get);
        server.Codec.StartDrain();
        server.Codec.ShouldClose.Should().BeFalse();

        ServerHarness.AnswerOk(server.Stream!, server.Last);

        server.Transport.Text.Should().Contain("connection: close\r\n");
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void ConnectionClosed_WithARequestUnderWay_ResetsIt()
    {
        var server = new ServerHarness().Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");

        server.Codec.OnConnectionClosed();

        server.Last.ResetReason.Should().Be(StreamResetReason.ConnectionTermination);
        server.Last.Closed.Should().BeTrue();
    }
}
