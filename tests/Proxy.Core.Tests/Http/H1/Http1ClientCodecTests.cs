using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

public sealed class Http1ClientCodecTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Test]
    public void Request_Get_HasHostFirstAndNoLength()
    {
        var client = new ClientHarness().Ask("GET", true, ("x-a", "1"));

        client.Transport.Text.Should().Be("GET /p HTTP/1.1\r\nhost: a.test\r\nx-a: 1\r\n\r\n");
    }

    [Test]
    public void Request_PostWithoutBody_SaysSo()
    {
        new ClientHarness().Ask("POST").Transport.Text.Should().Be("POST /p HTTP/1.1\r\nhost: a.test\r\ncontent-length: 0\r\n\r\n");
    }

    [Test]
    public void Request_BodyOfUnknownLength_IsChunked()
    {
        var client = new ClientHarness().Ask("POST", endStream: false);
        client.Stream!.EncodeData("hello"u8, endStream: false);
        client.Stream.EncodeData(default, endStream: true);

        client.Transport.Text.Should().Be("POST /p HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    }

    [Test]
    public void Response_WithLength_LeavesTheConnectionReusable()
    {
        var client = new ClientHarness().Ask().Receive(Ok);

        client.Response.ToString().Should().Be(";:status=200|content-length=2;ok;;complete;;");
        client.Codec.ShouldClose.Should().BeFalse();
        client.Codec.ActiveStreams.Should().Be(0);
    }

    [TestCase("-5")]
    [TestCase("5 5")]
    [TestCase("5,")]
    public void Response_InvalidLengthBesideChunked_DoesNotCountWhereThatIsAllowed(string length)
    {
        var text = $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        var client = new ClientHarness(new Http1ClientOptions { AllowChunkedLength = true }).Ask().Receive(text);
        client.Response.ToString().Should().Be(";:status=200|transfer-encoding=chunked;hello;;complete;;");
        client.Codec.ShouldClose.Should().BeFalse();

        new ClientHarness().Ask().Receive(text).Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Response_InvalidLengthAlone_IsRefusedEvenWhereItMayStandBesideChunked()
    {
        var client = new ClientHarness(new Http1ClientOptions { AllowChunkedLength = true }).Ask().Receive("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n");

        client.Response.ToString().Should().Contain("http1.codec_error");
        client.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Response_Interim_ComesBeforeTheFinalOne()
    {
        var client = new ClientHarness().Ask().Receive("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Ok);

        client.Response.Interim.Should().Equal(":status=103|link=x");
        client.Response.Head.Should().Be(":status=200|content-length=2");
    }

    [TestCase("HTTP/1.1 204 X\r\n\r\n")]
    [TestCase("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n")]
    public void Response_WithoutBody_EndsWithItsHead(string response)
    {
        var client = new ClientHarness().Ask().Receive(response);

        client.Response.Complete.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void Response_ToHead_HasNoBody()
    {
        var client = new ClientHarness().Ask("HEAD").Receive("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n");

        client.Response.Complete.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void Response_WithoutLength_EndsWithTheConnection()
    {
        var client = new ClientHarness().Ask().Receive("HTTP/1.1 200 OK\r\n\r\nhel").Receive("lo");
        client.Response.Complete.Should().BeFalse();

        client.Close();

        client.Response.Body.Should().Be("hello");
        client.Response.Complete.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeTrue();
    }

    [TestCase("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [TestCase("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    [TestCase("HTTP/1.1 101 Switching\r\n\r\n")]
    public void Response_ThatMakesTheNextOneDoubtful_EndsTheConnection(string response)
    {
        var client = new ClientHarness().Ask().Receive(response);

        client.Response.Complete.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Response_WithBytesBehindIt_IsTheLastOneEvenForAHandlerThatReusesAtOnce()
    {
        var client = new ClientHarness().Ask();
        bool? shouldClose = null;
        client.Response.OnComplete = () => shouldClose = client.Codec.ShouldClose;

        client.Receive(Ok + "HTTP/1.1 200 OK\r\n\r\n");

        shouldClose.Should().BeTrue();
        client.Response.Body.Should().Be("ok");
    }

    [Test]
    public void Bytes_ThatNobodyAskedFor_CloseTheConnection()
    {
        var client = new ClientHarness().Ask().Receive(Ok).Receive("x");

        client.Codec.ShouldClose.Should().BeTrue();
        client.Transport.Closed.Should().Be(CloseMode.Immediate);
    }

    [Test]
    public void Response_BeforeTheRequestIsComplete_EndsTheConnection()
    {
        var client = new ClientHarness().Ask("POST", endStream: false).Receive(Ok);

        client.Response.Complete.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeTrue();
    }

    [TestCase("garbage", "http1.codec_error")]
    [TestCase("HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n", "http1.content_length_not_allowed")]
    [TestCase("HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n", "http1.transfer_encoding_not_allowed")]
    [TestCase("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "http1.content_length_and_chunked_not_allowed")]
    [TestCase("HTTP/1.1 200 X\r\nTransfer-Encoding: gzip\r\n\r\n", "http1.invalid_transfer_encoding")]
    public void Response_ThatIsBroken_ResetsTheStream(string response, string details)
    {
        var client = new ClientHarness().Ask().Receive(response);

        client.Response.ResetReason.Should().Be(StreamResetReason.ProtocolError);
        client.Response.ResetDetails.Should().Be(details);
        client.Codec.ShouldClose.Should().BeTrue();
        client.Transport.Closed.Should().NotBeNull();
    }

    [TestCase("", StreamResetReason.ConnectionTermination)]
    [TestCase("H", StreamResetReason.ProtocolError)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", StreamResetReason.ProtocolError)]
    public void ConnectionClosed_BeforeTheEnd_ResetsTheStream(string seen, StreamResetReason reason)
    {
        var client = new ClientHarness().Ask().Receive(seen).Close();

        client.Response.ResetReason.Should().Be(reason);
        client.Response.Complete.Should().BeFalse();
    }

    [Test]
    public void Upgrade_Granted_BecomesATunnel()
    {
        var client = new ClientHarness().Ask("GET", false, ("connection", "upgrade"), ("upgrade", "websocket"));
        client.Transport.TakeText().Should().NotContain("transfer-encoding");

        client.Receive("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 raw");
        client.Stream!.EncodeData("raw"u8, endStream: false);

        client.Response.Body.Should().Be("HTTP/1.1 raw");
        client.Transport.Text.Should().Be("raw");
    }

    [Test]
    public void Tunnel_EndedByTheUpstream_StaysOpenForTheRequest()
    {
        var client = Tunnel();
        client.Codec.Dispatch("last"u8, endOfStream: true);

        client.Response.Body.Should().Be("last");
        client.Response.Complete.Should().BeTrue();
        client.Stream!.IsOver.Should().BeFalse();
        client.Codec.Dispatch(default, endOfStream: true);
        client.Stream.EncodeData("still here"u8, endStream: false);
        client.Transport.WriteEnded.Should().BeFalse();
        client.Stream.EncodeData(default, endStream: true);

        client.Transport.Text.Should().Be("still here");
        client.Transport.WriteEnded.Should().BeTrue();
        client.Stream.IsOver.Should().BeTrue();
        client.Codec.ShouldClose.Should().BeTrue();
        client.Close().Response.ResetReason.Should().BeNull();
    }

    [Test]
    public void Tunnel_EndedByTheClient_StaysOpenForTheAnswer()
    {
        var client = Tunnel();
        client.Stream!.EncodeData("bye"u8, endStream: true);

        client.Transport.WriteEnded.Should().BeTrue();
        client.Stream.IsOver.Should().BeFalse();
        client.Receive("more").Codec.Dispatch("last"u8, endOfStream: true);

        client.Response.Body.Should().Be("morelast");
        client.Response.Complete.Should().BeTrue();
        client.Stream.IsOver.Should().BeTrue();
    }

    [Test]
    public void Tunnel_BrokenAfterTheAnswerEnded_IsReset()
    {
        var client = Tunnel();
        client.Codec.Dispatch(default, endOfStream: true);
        client.Response.ToString().Should().EndWith(";complete;;");
        client.Response.Forgive();

        client.Close(graceful: false);

        client.Response.ResetReason.Should().Be(StreamResetReason.ConnectionTermination);
    }

    [Test]
    public void Connect_ThatEndsWithItsHead_EndsTheConnection()
    {
        var client = new ClientHarness().Ask("CONNECT");

        client.Transport.TakeText().Should().StartWith("CONNECT a.test HTTP/1.1\r\n");
        client.Transport.Closed.Should().Be(CloseMode.Flush);
        client.Codec.ShouldClose.Should().BeTrue();
        client.Close(graceful: false).Response.ResetReason.Should().Be(StreamResetReason.ConnectionTermination);
    }

    [Test]
    public void Upgrade_ThatEndsWithItsHead_IsATunnelOfOneDirection()
    {
        var client = new ClientHarness().Ask("GET", true, ("connection", "upgrade"), ("upgrade", "websocket"));
        client.Receive("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhi");

        client.Transport.WriteEnded.Should().BeFalse("nothing was said about what goes into the tunnel");
        client.Response.Body.Should().Be("hi");
        client.Response.Complete.Should().BeFalse();
        client.Codec.Dispatch(default, endOfStream: true);
        client.Response.Complete.Should().BeTrue();
    }

    [Test]
    public void Upgrade_ThatEndsBeforeItIsGranted_EndsItsDirectionThen()
    {
        var client = new ClientHarness().Ask("GET", false, ("connection", "upgrade"), ("upgrade", "websocket"));
        client.Stream!.EncodeData("bye"u8, endStream: true);
        client.Transport.WriteEnded.Should().BeFalse();

        client.Receive("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        client.Transport.WriteEnded.Should().BeTrue();
    }

    [Test]
    public void Reset_InTheMiddle_ClosesWithoutAnotherCall()
    {
        var client = new ClientHarness().Ask().Receive("HTTP/1.1 200 OK\r\n");

        client.Stream!.Reset(StreamResetReason.LocalReset);

        client.Transport.Closed.Should().Be(CloseMode.Immediate);
        client.Close().Response.ToString().Should().Be(";;;;open;;");
    }

    private static ClientHarness Tunnel()
    {
        var client = new ClientHarness().Ask("GET", false, ("connection", "upgrade"), ("upgrade", "websocket"));
        client.Receive("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").Transport.TakeText();
        client.Transport.IsTunnel.Should().BeTrue();
        return client;
    }
}
