using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http.H2;
using static Proxy.Core.Tests.Http.H2.Frames;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>What a server can see of RFC 9113's requirements, named by section: its frames, and what becomes of the connection that has one request under way.</summary>
public sealed class Http2ClientConformanceTests
{
    private const FrameFlags End = FrameFlags.EndStream;
    private const FrameFlags EndHeaders = FrameFlags.EndHeaders;

    private static readonly byte[] Head = Headers(1, ":status: 200", endStream: false);
    private static readonly byte[] Whole = Headers(1, ":status: 200");

    private static readonly Dictionary<string, (Http2Error Error, byte[][] Frames)> ConnectionErrors = new()
    {
        ["3.4 no SETTINGS first"] = (Http2Error.Protocol, [Of(FrameType.Ping, 0, 0, new byte[8])]),
        ["3.4 acknowledgement first"] = (Http2Error.Protocol, [Of(FrameType.Settings, FrameFlags.Ack, 0)]),
        ["4.2 frame larger than allowed"] = (Http2Error.FrameSize, [Settings(), Head, Of(FrameType.Data, 0, 1, new byte[16385])]),
        ["4.3 block that cannot be decoded"] = (Http2Error.Compression, [Settings(), Of(FrameType.Headers, EndHeaders | End, 1, 0x80)]),
        ["4.3 block of a stream that is gone, that cannot be decoded"] = (Http2Error.Compression, [Settings(), Headers(1, ":status: 200|content-length: 5"), Of(FrameType.Headers, EndHeaders | End, 1, 0x80)]),
        ["4.3 frame inside a block"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200", endHeaders: false), Data(1, "x")]),
        ["5.1 DATA on an idle stream"] = (Http2Error.Protocol, [Settings(), Data(3, "x")]),
        ["5.1 HEADERS on an idle stream"] = (Http2Error.Protocol, [Settings(), Headers(3, ":status: 200")]),
        ["5.1 RST_STREAM on an idle stream"] = (Http2Error.Protocol, [Settings(), Frames.Reset(3)]),
        ["5.1 WINDOW_UPDATE on an idle stream"] = (Http2Error.Protocol, [Settings(), WindowUpdate(3, 1)]),
        ["5.1 DATA on a closed stream"] = (Http2Error.StreamClosed, [Settings(), Whole, Data(1, "x")]),
        ["5.1 HEADERS on a closed stream"] = (Http2Error.StreamClosed, [Settings(), Whole, Whole]),
        ["5.1.1 stream that the server begins"] = (Http2Error.Protocol, [Settings(), Headers(2, ":status: 200")]),
        ["6.1 DATA on stream 0"] = (Http2Error.Protocol, [Settings(), Data(0, "x")]),
        ["6.1 padding as long as the payload"] = (Http2Error.Protocol, [Settings(), Head, Of(FrameType.Data, FrameFlags.Padded, 1, 2, 0)]),
        ["6.2 HEADERS on stream 0"] = (Http2Error.Protocol, [Settings(), Headers(0, ":status: 200")]),
        ["6.2 padding as long as the payload"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Headers, EndHeaders | FrameFlags.Padded, 1, 9, 0x88)]),
        ["6.3 PRIORITY on stream 0"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Priority, 0, 0, new byte[5])]),
        ["6.3 PRIORITY of 4 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Priority, 0, 1, new byte[4])]),
        ["6.4 RST_STREAM on stream 0"] = (Http2Error.Protocol, [Settings(), Frames.Reset(0)]),
        ["6.4 RST_STREAM of 5 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Reset, 0, 1, new byte[5])]),
        ["6.5 SETTINGS on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Settings, 0, 1)]),
        ["6.5 SETTINGS of 5 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Settings, 0, 0, new byte[5])]),
        ["6.5 acknowledgement with a payload"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Settings, FrameFlags.Ack, 0, new byte[6])]),
        ["6.5.2 ENABLE_PUSH of a server"] = (Http2Error.Protocol, [Settings((Setting.EnablePush, 1))]),
        ["6.5.2 INITIAL_WINDOW_SIZE beyond 2^31-1"] = (Http2Error.FlowControl, [Settings((Setting.InitialWindowSize, 0x8000_0000))]),
        ["6.5.2 MAX_FRAME_SIZE below 2^14"] = (Http2Error.Protocol, [Settings((Setting.MaxFrameSize, 16383))]),
        ["6.5.2 MAX_FRAME_SIZE beyond 2^24-1"] = (Http2Error.Protocol, [Settings((Setting.MaxFrameSize, 16777216))]),
        ["6.6 PUSH_PROMISE where push is off"] = (Http2Error.Protocol, [Settings(), Of(FrameType.PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. Block(Get)])]),
        ["6.6 PUSH_PROMISE on stream 0"] = (Http2Error.Protocol, [Settings(), Of(FrameType.PushPromise, EndHeaders, 0, [0, 0, 0, 2, .. Block(Get)])]),
        ["6.7 PING on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Ping, 0, 1, new byte[8])]),
        ["6.7 PING of 9 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Ping, 0, 0, new byte[9])]),
        ["6.8 GOAWAY on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.GoAway, 0, 1, new byte[8])]),
        ["6.8 GOAWAY of 7 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.GoAway, 0, 0, new byte[7])]),
        ["6.8 GOAWAY that grows"] = (Http2Error.Protocol, [Settings(), Of(FrameType.GoAway, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0), Of(FrameType.GoAway, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0)]),
        ["6.9 WINDOW_UPDATE of nothing"] = (Http2Error.Protocol, [Settings(), WindowUpdate(0, 0)]),
        ["6.9 WINDOW_UPDATE of nothing on a stream"] = (Http2Error.Protocol, [Settings(), WindowUpdate(1, 0)]),
        ["6.9 WINDOW_UPDATE of 5 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.WindowUpdate, 0, 0, new byte[5])]),
        ["6.9.1 window of the connection beyond 2^31-1"] = (Http2Error.FlowControl, [Settings(), WindowUpdate(0, int.MaxValue)]),
        ["6.9.1 window of a stream beyond 2^31-1"] = (Http2Error.FlowControl, [Settings(), WindowUpdate(1, int.MaxValue)]),
        ["6.9.2 window of a stream beyond 2^31-1 by a setting"] = (Http2Error.FlowControl, [Settings(), WindowUpdate(1, 65536), Settings((Setting.InitialWindowSize, int.MaxValue))]),
        ["6.10 CONTINUATION without HEADERS"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Continuation, EndHeaders, 1)]),
        ["6.10 CONTINUATION of another stream"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200", endHeaders: false), Of(FrameType.Continuation, EndHeaders, 3)]),
        ["8.1 DATA in front of the head"] = (Http2Error.Protocol, [Settings(), Data(1, "x")]),
        ["8.1 trailers that do not end the stream"] = (Http2Error.Protocol, [Settings(), Head, Headers(1, "x-t: 1", endStream: false)]),
        ["8.1 interim answer that ends the stream"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 103")]),
        ["8.1 pseudo header in trailers"] = (Http2Error.Protocol, [Settings(), Head, Headers(1, ":status: 200")]),
        ["8.2.1 capital in a name"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|X-a: 1")]),
        ["8.2.1 blank in a name"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|x a: 1")]),
        ["8.2.1 line feed in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|x-a: 1\n2")]),
        ["8.2.1 carriage return in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|x-a: 1\r2")]),
        ["8.2.1 NUL in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|x-a: 1\0")]),
        ["8.2.2 connection"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|connection: close")]),
        ["8.2.2 transfer-encoding"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|transfer-encoding: chunked")]),
        ["8.3 pseudo header behind others"] = (Http2Error.Protocol, [Settings(), Headers(1, "x-a: 1|:status: 200")]),
        ["8.3 unknown pseudo header"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|:test: 1")]),
        ["8.3 pseudo header of requests"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|:method: GET")]),
        ["8.3.2 no status"] = (Http2Error.Protocol, [Settings(), Headers(1, "x-a: 1")]),
        ["8.3.2 two statuses"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 200|:status: 200")]),
        ["8.3.2 status that is no number"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 2x0")]),
        ["8.6 101"] = (Http2Error.Protocol, [Settings(), Headers(1, ":status: 101", endStream: false)]),
        ["RFC 8441 tunnels that are taken back"] = (Http2Error.Protocol, [Settings((Setting.EnableConnectProtocol, 1)), Settings((Setting.EnableConnectProtocol, 0))]),
    };

    private static readonly Dictionary<string, (string Answer, string Events, byte[][] Frames)> Tolerated = new()
    {
        ["4.1 unknown frame types"] = ("", "", [Of((FrameType)0x77, (FrameFlags)0xFF, 0, 1, 2), Of((FrameType)0x77, 0, 9, 1)]),
        ["5.1 PRIORITY on an idle stream"] = ("", "", [Of(FrameType.Priority, 0, 9, new byte[5])]),
        ["6.1 padding"] = ("", "head(:status=200) over data(hi)end", [Head, Of(FrameType.Data, FrameFlags.Padded | End, 1, 2, (byte)'h', (byte)'i', 0, 0)]),
        ["6.4 RST_STREAM"] = ("", "over reset(RemoteReset,http2.remote_reset)", [Frames.Reset(1)]),
        ["6.5 unknown settings"] = ("SettingsAck", "limit1024", [Settings(((Setting)0x99, 5))]),
        ["6.7 PING is answered"] = ("Ping(True)", "", [Of(FrameType.Ping, 0, 0, new byte[8])]),
        ["6.8 GOAWAY with an error and words"] = ("", "goaway", [Of(FrameType.GoAway, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2)]),
        ["6.9 WINDOW_UPDATE behind the end"] = ("", "over head(:status=200)end", [Whole, WindowUpdate(1, 1)]),
        ["8.1.1 body shorter than announced"] = ("Reset(1,Protocol)", "head(:status=200,content-length=5) over reset(ProtocolError,http2.violation.of.messaging.rule)", [Headers(1, ":status: 200|content-length: 5", endStream: false), Data(1, "four", endStream: true)]),
        ["8.1.1 body longer than announced"] = ("Reset(1,Protocol)", "head(:status=200,content-length=3) over reset(ProtocolError,http2.violation.of.messaging.rule)", [Headers(1, ":status: 200|content-length: 3", endStream: false), Data(1, "four")]),
        ["8.1 interim answers"] = ("", "info(:status=103) info(:status=103) over head(:status=200)end", [Headers(1, ":status: 103", endStream: false), Headers(1, ":status: 103", endStream: false), Whole]),
        ["8.1 trailers"] = ("", "head(:status=200) over trailers(x-t=1)end", [Head, Headers(1, "x-t: 1")]),
        ["8.1 what comes behind a reset"] = (
            "Reset(1,Protocol)",
            "head(:status=200,content-length=3) over reset(ProtocolError,http2.violation.of.messaging.rule)",
            [Headers(1, ":status: 200|content-length: 3", endStream: false), Data(1, "four"), Data(1, "more"), Headers(1, "x-t: 1"), WindowUpdate(1, 1), Frames.Reset(1)]),
    };

    private static IEnumerable<string> ConnectionErrorNames => ConnectionErrors.Keys;

    private static IEnumerable<string> ToleratedNames => Tolerated.Keys;

    [TestCaseSource(nameof(ConnectionErrorNames))]
    public void ConnectionError(string requirement)
    {
        var (error, frames) = ConnectionErrors[requirement];
        var harness = Asked();
        harness.Receive(frames);

        harness.TakeFrames()[^1].Should().Match<Frame>(last => last.Type == FrameType.GoAway && last.ErrorCode == error);
        (harness.Closed, harness.Codec.ShouldClose, harness.Codec.ActiveStreams).Should().Be((CloseMode.FlushAndDelay, true, 0));
        harness.Events.Count(static told => told.EndsWith("end", StringComparison.Ordinal) || told.StartsWith("reset(", StringComparison.Ordinal)).Should().Be(1, "an exchange ends once");

        harness.TakeEvents();
        harness.Receive(Headers(1, ":status: 200"));
        (harness.Take(), harness.TakeEvents()).Should().Be(("", ""), "nothing counts any more");
    }

    [TestCaseSource(nameof(ConnectionErrorNames))]
    public void ConnectionError_SplitAtEveryByte_IsTheSame(string requirement)
    {
        var (error, frames) = ConnectionErrors[requirement];
        var harness = Asked();
        foreach (var value in frames.SelectMany(static frame => frame))
        {
            harness.Receive([value]);
        }

        harness.TakeFrames()[^1].ErrorCode.Should().Be(error);
    }

    [TestCaseSource(nameof(ToleratedNames))]
    public void ConnectionLives(string requirement)
    {
        var (answer, events, frames) = Tolerated[requirement];
        var harness = Asked();
        harness.Receive(Settings());
        harness.Take();
        harness.TakeEvents();
        harness.Receive(frames);

        (harness.Take(), harness.TakeEvents()).Should().Be((answer, events));
        harness.Closed.Should().BeNull();
    }

    private static Http2ClientHarness Asked()
    {
        var harness = new Http2ClientHarness(new Http2Config(), settings: false);
        harness.Begin();
        harness.TakeEvents();
        harness.TakeFrames();
        return harness;
    }
}
