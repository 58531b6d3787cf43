using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>How responses are put on the wire.</summary>
public sealed class Http1ServerResponseTests
{
    private static readonly Http1ServerOptions With10 = new() { AcceptHttp10 = true };

    [TestCase(204, "HTTP/1.1 204 No Content\r\n\r\n")]
    [TestCase(304, "HTTP/1.1 304 Not Modified\r\n\r\n")]
    [TestCase(200, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]
    [TestCase(418, "HTTP/1.1 418 Unknown\r\ncontent-length: 0\r\n\r\n")]
    public void Head_WithoutBody_SaysAsMuchAsItsStatusAllows(int status, string wire)
    {
        Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", status, true).Transport.Text.Should().Be(wire);
    }

    [Test]
    public void NoContent_WithALength_LosesIt()
    {
        Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 204, true, ("content-length", "0")).Transport.Text.Should().Be("HTTP/1.1 204 No Content\r\n\r\n");
    }

    [Test]
    public void NotModified_WithALength_KeepsItAndSendsNoBody()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 304, false, ("content-length", "5"));
        server.Stream!.EncodeData("hello"u8, endStream: true);

        server.Transport.Text.Should().Be("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n");
        server.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void AnswerToHead_AnnouncesABodyButSendsNone()
    {
        var server = Respond("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false);
        server.Stream!.EncodeData("hello"u8, endStream: true);

        server.Transport.Text.Should().Be("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    }

    [Test]
    public void Http10_WithALength_KeepsTheConnectionWhenAsked()
    {
        var server = Respond("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 200, true, ("content-length", "0"));

        server.Transport.Text.Should().Be("HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n");
        server.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void Http10_WithoutALength_EndsWithTheConnection()
    {
        var server = Respond("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 200, false);
        server.Stream!.EncodeData("hello"u8, endStream: true);

        server.Transport.Text.Should().Be("HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nhello");
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Http10_WithoutHost_GetsTheDefaultOne()
    {
        var server = new ServerHarness(With10 with { DefaultHostForHttp10 = "default.test" }).Send("GET / HTTP/1.0\r\n\r\n");

        server.Last.Head.Should().Be(":method=GET|:path=/|:authority=default.test");
    }

    [Test]
    public void Body_LongerThanAnnounced_IsCut()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false, ("content-length", "3"));
        server.Stream!.EncodeData("hello"u8, endStream: true);

        server.Transport.Text.Should().EndWith("\r\n\r\nhel");
        server.Codec.ShouldClose.Should().BeFalse();
    }

    [Test]
    public void Body_ShorterThanAnnounced_EndsTheConnection()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false, ("content-length", "7"));
        server.Stream!.EncodeData("hello"u8, endStream: true);

        server.Codec.ShouldClose.Should().BeTrue();
    }

    [TestCase(false, "\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [TestCase(true, "\r\n\r\n2\r\nok\r\n0\r\nx-t: v\r\n\r\n")]
    public void Trailers_AreSentWhereTheyAreEnabled(bool enabled, string end)
    {
        var server = new ServerHarness(new Http1ServerOptions { EnableTrailers = enabled }).Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Stream!.EncodeHeaders(Text.Map((":status", "200")), endStream: false);
        server.Stream.EncodeData("ok"u8, endStream: false);
        server.Stream.EncodeTrailers(Text.Map(("x-t", "v")));

        server.Transport.Text.Should().EndWith(end);
        server.Last.Closed.Should().BeTrue();
    }

    [Test]
    public void LargeChunk_LeavesInItsFraming()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false);
        server.Transport.TakeText();
        server.Stream!.EncodeData(new byte[5000], endStream: true);

        server.Transport.Text.Should().Be("1388\r\n" + new string('\0', 5000) + "\r\n0\r\n\r\n");
        server.Stream.WireBytesSent.Should().BeGreaterThan(5000 + 13);
    }

    [Test]
    public void Informational_ComesBeforeTheResponse()
    {
        var server = new ServerHarness().Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        server.Stream!.EncodeInformational(Text.Map((":status", "100"), ("link", "x")));
        server.Send("ok");
        ServerHarness.AnswerOk(server.Stream, server.Last);
        server.Stream.EncodeInformational(Text.Map((":status", "100")));

        server.Transport.Text.Should().Be("HTTP/1.1 100 Continue\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }

    [Test]
    public void ConnectionClose_InTheRequest_IsSaidBack()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, true);
        server.Deliver();

        server.Transport.Text.Should().Be("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        server.Requests.Should().HaveCount(1);
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Upgrade_Granted_LetsTheWaitingBytesThrough()
    {
        var server = new ServerHarness().Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nearly");
        server.Last.Body.Should().BeEmpty("nothing goes on before the other protocol is agreed on");

        server.Stream!.EncodeHeaders(Text.Map((":status", "101"), ("connection", "upgrade"), ("upgrade", "x")), endStream: false);
        server.Deliver();
        server.Send("GET / HTTP/1.1\r\n\r\n");
        server.Stream.EncodeData("raw"u8, endStream: false);

        server.Last.Body.Should().Be("earlyGET / HTTP/1.1\r\n\r\n");
        server.Transport.Text.Should().EndWith("upgrade: x\r\n\r\nraw").And.NotContain("chunked");
        server.Requests.Should().HaveCount(1);
    }

    [Test]
    public void Upgrade_Refused_EndsTheConnection()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nearly", 403, true);

        server.Transport.Text.Should().Contain("connection: close");
        server.Codec.ShouldClose.Should().BeTrue();
        server.Last.Body.Should().BeEmpty();
    }

    [Test]
    public void UpgradeToH2c_IsServedAsPlainHttp()
    {
        var server = new ServerHarness().Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, http2-settings, x-b\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nX-B: 1\r\n\r\n");

        server.Last.Head.Should().Be(":method=GET|:path=/|:authority=a|connection=x-b");
        server.Last.Complete.Should().BeTrue();
    }

    [Test]
    public void Connect_Granted_BecomesATunnelWithoutFraming()
    {
        var server = Respond("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\nhi", 200, false, ("content-length", "5"));
        server.Deliver();

        server.Transport.Text.Should().Be("HTTP/1.1 200 OK\r\n\r\n");
        server.Last.Head.Should().Be(":method=CONNECT|:authority=h:443");
        server.Last.Body.Should().Be("hi");
    }

    [Test]
    public void Tunnel_EndedByTheClient_StaysOpenForTheAnswer()
    {
        var server = Respond("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 200, false);
        server.Transport.IsTunnel.Should().BeTrue();
        server.Codec.Dispatch("bye"u8, endOfStream: true);

        server.Last.Body.Should().Be("bye");
        server.Last.Complete.Should().BeTrue();
        server.Last.Closed.Should().BeFalse();
        server.Stream!.EncodeData("more"u8, endStream: false);
        server.Stream.EncodeData("last"u8, endStream: true);

        server.Transport.Text.Should().EndWith("\r\n\r\nmorelast");
        server.Last.Closed.Should().BeTrue();
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Tunnel_EndedByTheUpstream_StaysOpenForTheClient()
    {
        var server = Respond("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 200, false);
        server.Stream!.EncodeData("last"u8, endStream: true);

        server.Transport.WriteEnded.Should().BeTrue();
        server.Last.Closed.Should().BeFalse();
        server.Stream.EncodeData("too late"u8, endStream: true);
        server.Transport.Text.Should().EndWith("\r\n\r\nlast");

        server.Send("still here").Last.Body.Should().Be("still here");
        server.Codec.Dispatch(default, endOfStream: true);
        server.Last.Complete.Should().BeTrue();
        server.Last.Closed.Should().BeTrue();
    }

    [Test]
    public void Connect_AnsweredWhole_IsNoTunnel()
    {
        var server = Respond("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 200, true);

        server.Transport.IsTunnel.Should().BeFalse();
        server.Last.Closed.Should().BeTrue();
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void Reset_InTheMiddleOfAResponse_ClosesBehindWhatWasSent()
    {
        var server = Respond("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false);
        server.Stream!.EncodeData("hel"u8, endStream: false);
        server.Stream.Reset(StreamResetReason.LocalReset);

        server.Transport.Closed.Should().Be(CloseMode.Flush);
        server.Transport.Text.Should().EndWith("3\r\nhel\r\n");
        server.Last.Closed.Should().BeTrue();
        server.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void ReadDisable_ByTheStream_StopsItsBodyAndEndsWithIt()
    {
        var server = new ServerHarness().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        server.Stream!.ReadDisable(true);
        server.Send("hello");
        server.Last.Body.Should().BeEmpty();

        server.Stream.ReadDisable(false);
        server.Deliver();
        server.Last.Body.Should().Be("hello");

        server.Stream.ReadDisable(true);
        ServerHarness.AnswerOk(server.Stream, server.Last);
        server.Transport.ReadDisables.Should().Be(0, "what the stream held back is given back when it ends");
    }

    [Test]
    public void Watermarks_ReachTheStreamUnderWayAndTheNextOne()
    {
        var server = new ServerHarness().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Codec.OnAboveHighWatermark();
        server.Last.WatermarkCalls.Should().Be(1);
        ServerHarness.AnswerOk(server.Stream!, server.Last);

        server.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Last.WatermarkCalls.Should().Be(1);
        server.Codec.OnBelowLowWatermark();
        server.Last.WatermarkCalls.Should().Be(0);
    }

    [Test]
    public void WireBytes_CountHeadBodyAndFraming()
    {
        const string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        var server = new ServerHarness { Answer = ServerHarness.AnswerOk }.Send(request);

        server.Stream!.WireBytesReceived.Should().Be(request.Length);
        server.Stream.WireBytesSent.Should().Be(server.Transport.WrittenBytes);
    }

    [Test]
    public void NextRequest_WhenTheConnectionIsClosing_IsNotBegun()
    {
        var server = new ServerHarness();
        server.Answer = (stream, request) =>
        {
            ServerHarness.AnswerOk(stream, request);
            server.Transport.Close(CloseMode.Flush, "the owner's decision");
        };

        server.Codec.Dispatch("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"u8, endOfStream: false);

        server.Requests.Should().HaveCount(1);
    }

    private static ServerHarness Respond(string request, int status, bool endStream, params (string Name, string Value)[] fields)
    {
        var server = new ServerHarness(With10).Send(request);
        server.Stream!.EncodeHeaders(Text.Map([(":status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. fields]), endStream);
        return server;
    }
}
