using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H2;
using static Proxy.Core.Tests.Http.H2.Frames;

namespace Proxy.Core.Tests.Http.H2;

public sealed class Http2ClientTests
{
    [Test]
    public void Connection_BeginsWithPrefaceAndSettings_AndLearnsTheLimit()
    {
        var harness = new Http2ClientHarness(new Http2Config { InitialConnectionWindowBytes = 65535 }, settings: false);
        harness.Take().Should().Be("Settings(4)");
        (harness.Codec.AwaitsLimit, harness.Codec.ConcurrencyLimit, harness.Codec.CanTakeStream).Should().Be((true, 100, true));
        harness.Receive(Settings((Setting.MaxConcurrentStreams, 2)));
        (harness.TakeEvents(), harness.Codec.AwaitsLimit).Should().Be(("limit2", false));
        harness.Receive(Settings((Setting.MaxConcurrentStreams, 5000)));
        harness.TakeEvents().Should().Be("limit1024", "more than is configured is not asked for");
    }

    [Test]
    public void Exchange_GoesThrough()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin(Post + "|x-a: 1|connection: keep-alive|te: trailers", endStream: false);
        harness.Run(() => exchange.Stream.EncodeData("hello"u8, endStream: true));
        var frames = harness.TakeFrames();
        harness.Fields(frames[0]).Should().Be(Post + "|x-a: 1|te: trailers");
        frames[1].ToString().Should().Be("Data(1,5,end)");
        harness.TakeEvents();

        harness.Receive(Headers(1, ":status: 200|content-length: 2", endStream: false), Data(1, "o"), Data(1, "k", endStream: true));
        harness.TakeEvents().Should().Be("head(:status=200,content-length=2) data(o) over data(k)end");
        (exchange.Stream.IsOver, harness.Codec.ActiveStreams).Should().Be((true, 0));
        harness.Take().Should().Be("");
    }

    [Test]
    public void Head_PseudoHeadersThatCameLate_AreSentFirst()
    {
        var harness = new Http2ClientHarness();
        harness.Begin(":method: GET|:path: /|x-a: 1|:authority: a|:scheme: http|x-b: 2", endStream: true);
        harness.Fields(harness.TakeFrames()[0]).Should().Be(":authority: a|:path: /|:method: GET|:scheme: http|x-a: 1|x-b: 2");
    }

    [Test]
    public void Exchange_WithTrailers_BothWays()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin(Post, endStream: false);
        harness.Run(() => exchange.Stream.EncodeTrailers(Http2Request.Map("x-t: 1")));
        var frames = harness.TakeFrames();
        frames[1].EndStream.Should().BeTrue();
        harness.TakeEvents();
        harness.Receive(Headers(1, ":status: 200", endStream: false), Headers(1, "grpc-status: 0"));
        harness.TakeEvents().Should().Be("head(:status=200) over trailers(grpc-status=0)end");
    }

    [Test]
    public void NextExchange_CanBeginInTheLastEvent()
    {
        var harness = new Http2ClientHarness(new Http2Config { MaxConcurrentStreams = 1 });
        var first = harness.Begin();
        harness.Codec.CanTakeStream.Should().BeFalse();
        var second = new Http2Exchange(harness);
        first.Last = () =>
        {
            harness.Codec.CanTakeStream.Should().BeTrue();
            second.Stream = harness.Codec.NewStream(second);
            second.Stream.EncodeHeaders(Http2Request.Map(Get), endStream: true);
        };
        harness.Receive(Headers(1, ":status: 204"));
        harness.TakeFrames().Select(static frame => frame.StreamId).Should().Equal(1, 3);
        harness.TakeEvents();
        harness.Receive(Headers(3, ":status: 200"));
        harness.TakeEvents().Should().Be("over head(:status=200)end");
        harness.Begin().Stream.IsOver.Should().BeFalse("objects are used again when both are done with them");
    }

    [Test]
    public void Answer_BeforeTheRequestIsComplete_CancelsTheRest()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin(Post, endStream: false);
        harness.Take();
        harness.Receive(Headers(1, ":status: 413"));
        harness.Take().Should().Be("Reset(1,Cancel)");
        harness.TakeEvents().Should().EndWith("over head(:status=413)end");
        harness.Run(() => exchange.Stream.EncodeData("x"u8, endStream: true));
        harness.Take().Should().Be("");
        harness.Closed.Should().BeNull();
    }

    [Test]
    public void Informational_ComesFirst_AndUnknownOnesAreDropped()
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.TakeEvents();
        harness.Receive(
            Headers(1, ":status: 103|link: x", endStream: false), Headers(1, ":status: 150", endStream: false), Headers(1, ":status: 100", endStream: false),
            Headers(1, ":status: 200"));
        harness.TakeEvents().Should().Be("info(:status=103,link=x) info(:status=100) over head(:status=200)end");
    }

    [Test]
    public void Reset_TellsThePeer_AndNobodyElse()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin();
        var other = harness.Begin();
        harness.Take();
        harness.TakeEvents();
        harness.Run(() => exchange.Stream.Reset(StreamResetReason.LocalReset));
        harness.Take().Should().Be("Reset(1,Cancel)");
        harness.TakeEvents().Should().Be("over");
        harness.Receive(Headers(1, ":status: 200"), Headers(3, ":status: 200"));
        harness.TakeEvents().Should().Be("over head(:status=200)end", "what was on its way is dropped");
        other.Stream.IsOver.Should().BeTrue();
    }

    [Test]
    public void Reset_BeforeTheHead_NeedsNoNumber()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin(head: null);
        harness.Codec.ActiveStreams.Should().Be(1);
        harness.Run(() => exchange.Stream.Reset(StreamResetReason.LocalReset));
        (harness.Take(), harness.Codec.ActiveStreams).Should().Be(("", 0));
        harness.Begin();
        harness.TakeFrames()[0].StreamId.Should().Be(1);
    }

    [TestCase((int)Http2Error.RefusedStream, "reset(RemoteRefusedStreamReset,http2.remote_refuse)")]
    [TestCase((int)Http2Error.Cancel, "reset(RemoteReset,http2.remote_reset)")]
    [TestCase((int)Http2Error.None, "reset(RemoteReset,http2.remote_reset)")]
    public void Reset_OfThePeer_EndsTheExchange(int error, string expected)
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.TakeEvents();
        harness.Receive(Frames.Reset(1, (Http2Error)error));
        harness.TakeEvents().Should().Be("over " + expected);
        harness.Count(Http2Stats.ResetReceived).Should().Be(1);
    }

    [Test]
    public void GoAway_RefusesWhatThePeerWillNotServe()
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.Begin();
        harness.TakeEvents();
        harness.Receive(Of(FrameType.GoAway, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
        harness.TakeEvents().Should().Be("goaway over reset(RemoteRefusedStreamReset,http2.remote_refuse)");
        (harness.Codec.ShouldClose, harness.Codec.CanTakeStream, harness.Codec.ActiveStreams).Should().Be((true, false, 1));
        harness.Receive(Headers(1, ":status: 200"));
        harness.TakeEvents().Should().Be("over head(:status=200)end");
    }

    [Test]
    public void Head_BehindTheGoAwayOfThePeer_IsNotSent()
    {
        var harness = new Http2ClientHarness();
        var exchange = harness.Begin(head: null);
        harness.Receive(Of(FrameType.GoAway, 0, 0, new byte[8]));
        harness.TakeEvents();
        harness.Run(() => exchange.Stream.EncodeHeaders(Http2Request.Map(Get), endStream: true));
        harness.TakeEvents().Should().Be("over reset(RemoteRefusedStreamReset,http2.remote_refuse)");
        (harness.Take(), harness.Codec.ActiveStreams, exchange.Stream.IsOver).Should().Be(("", 0, true));
    }

    [Test]
    public void ConnectionClose_ResetsEverything()
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.Begin(head: null);
        harness.TakeEvents();
        harness.Run(() => harness.Codec.OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination));
        harness.TakeEvents().Should().Be("reset(ConnectionTermination,) reset(ConnectionTermination,)");
    }

    [TestCase(":status: 200|Bad: 1")]
    [TestCase(":status: 20")]
    [TestCase("x-a: 1")]
    [TestCase(":status: 200|:path: /")]
    [TestCase(":status: 101")]
    [TestCase(":status: 200|connection: close")]
    [TestCase(":status: 200|content-length: x")]
    public void Answer_ThatIsNone_EndsTheConnection(string head)
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.TakeEvents();
        harness.Receive(Headers(1, head, endStream: false));
        harness.TakeEvents().Should().StartWith("reset(ProtocolError,http2.");
        (harness.Closed, harness.Codec.ShouldClose).Should().Be((CloseMode.FlushAndDelay, true));

        harness = new Http2ClientHarness(options: new Http2Options { StreamErrorOnInvalidMessage = true });
        harness.Begin();
        harness.Take();
        harness.Receive(Headers(1, head, endStream: false));
        harness.Take().Should().Be("Reset(1,Protocol)");
        harness.Closed.Should().BeNull();
    }

    [TestCase(Get, ":status: 200|content-length: 5", true, "reset(ProtocolError,http2.violation.of.messaging.rule)")]
    [TestCase(":method: HEAD|:scheme: http|:path: /|:authority: a", ":status: 200|content-length: 5", true, "head(:status=200,content-length=5)end")]
    [TestCase(Get, ":status: 304|content-length: 5", true, "head(:status=304,content-length=5)end")]
    public void ContentLength_CountsWhereThereIsABody(string request, string head, bool endStream, string expected)
    {
        var harness = new Http2ClientHarness();
        harness.Begin(request);
        harness.TakeEvents();
        harness.Receive(Headers(1, head, endStream));
        harness.TakeEvents().Should().Be("over " + expected);
    }

    [Test]
    public void PushAndStreamsOfTheServer_AreRefused()
    {
        var harness = new Http2ClientHarness();
        harness.Begin();
        harness.Receive(Of(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 2, .. Block(Get)]));
        harness.TakeFrames()[^1].ErrorCode.Should().Be(Http2Error.Protocol);

        harness = new Http2ClientHarness();
        harness.Receive(Headers(2, ":status: 200"));
        harness.TakeFrames()[^1].ErrorCode.Should().Be(Http2Error.Protocol);
    }

    [Test]
    public void Upgrade_BecomesConnectWithAProtocol_AndEachDirectionEndsOnItsOwn()
    {
        var harness = new Http2ClientHarness();
        harness.Receive(Settings((Setting.EnableConnectProtocol, 1)));
        harness.Take();
        var exchange = harness.Begin(":method: GET|:scheme: http|:path: /chat|:authority: a|upgrade: websocket|connection: Upgrade", endStream: false);
        harness.Fields(harness.TakeFrames()[0]).Should().Be(":method: CONNECT|:scheme: http|:path: /chat|:authority: a|:protocol: websocket");
        harness.TakeEvents();
        harness.Receive(Headers(1, ":status: 200", endStream: false), Data(1, "hi", endStream: true));
        harness.TakeEvents().Should().Be("head(:status=101,upgrade=websocket,connection=upgrade) data(hi)end");
        exchange.Stream.IsOver.Should().BeFalse();
        harness.Run(() => exchange.Stream.EncodeData("bye"u8, endStream: true));
        harness.Take().Should().Be("Data(1,3,end)");
        (harness.TakeEvents(), exchange.Stream.IsOver).Should().Be(("over", true));
    }

    [Test]
    public void Upgrade_ThePeerCannotServe_IsNotSent()
    {
        var harness = new Http2ClientHarness();
        harness.Begin(Get + "|upgrade: websocket|connection: upgrade", endStream: false);
        harness.Take().Should().Be("");
        harness.TakeEvents().Should().Be("limit1024 over reset(ProtocolError,http2.connect_protocol_not_taken)");
    }

    [Test]
    public void Connect_HasNeitherSchemeNorPath()
    {
        var harness = new Http2ClientHarness();
        harness.Begin(":method: CONNECT|:scheme: http|:path: /|:authority: a:443", endStream: false);
        harness.Fields(harness.TakeFrames()[0]).Should().Be(":method: CONNECT|:authority: a:443");
    }

    [Test]
    public void Watermarks_OfConnectionAndStream_AreToldOnce()
    {
        var harness = new Http2ClientHarness(options: new Http2Options { StreamBufferBytes = 4 });
        harness.Receive(Settings((Setting.InitialWindowSize, 0)));
        var exchange = harness.Begin(Post, endStream: false);
        harness.TakeEvents();
        harness.Run(harness.Codec.OnAboveHighWatermark);
        harness.Run(() => exchange.Stream.EncodeData("hello"u8, endStream: false));
        harness.Begin();
        harness.TakeEvents().Should().Be("stop stop", "one for each exchange");
        harness.Run(harness.Codec.OnBelowLowWatermark);
        harness.TakeEvents().Should().Be("go", "the first one's window is still closed");
        harness.Receive(WindowUpdate(1, 10));
        harness.TakeEvents().Should().Be("go");
    }

    [Test]
    public void Ping_IsAnswered()
    {
        var harness = new Http2ClientHarness();
        harness.Run(harness.Codec.SendPing);
        var ping = harness.TakeFrames()[0];
        harness.TakeEvents();
        harness.Receive(Of(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload));
        harness.TakeEvents().Should().Be("pong");
    }
}
