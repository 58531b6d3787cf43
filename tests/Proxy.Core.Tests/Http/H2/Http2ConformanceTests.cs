using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http.H2;
using static Proxy.Core.Tests.Http.H2.Frames;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>What a peer can see of RFC 9113's requirements, one line each, named by section: frames in, and what becomes of the connection.</summary>
public sealed class Http2ConformanceTests
{
    private const FrameFlags End = FrameFlags.EndStream;
    private const FrameFlags EndHeaders = FrameFlags.EndHeaders;

    private static readonly Dictionary<string, (Http2Error Error, byte[][] Frames)> ConnectionErrors = new()
    {
        ["3.4 no SETTINGS first"] = (Http2Error.Protocol, [Of(FrameType.Ping, 0, 0, new byte[8])]),
        ["3.4 acknowledgement first"] = (Http2Error.Protocol, [Of(FrameType.Settings, FrameFlags.Ack, 0)]),
        ["4.2 frame larger than allowed"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Data, 0, 1, new byte[16385])]),
        ["4.2 unknown frame larger than allowed"] = (Http2Error.FrameSize, [Settings(), Of((FrameType)0x77, 0, 0, new byte[16385])]),
        ["4.3 block that cannot be decoded"] = (Http2Error.Compression, [Settings(), Of(FrameType.Headers, EndHeaders | End, 1, 0x80)]),
        ["4.3 frame inside a block"] = (Http2Error.Protocol, [Settings(), Headers(1, Get, endHeaders: false), Data(1, "x")]),
        ["4.3 unknown frame inside a block"] = (Http2Error.Protocol, [Settings(), Headers(1, Get, endHeaders: false), Of((FrameType)0x77, 0, 0)]),
        ["4.3 block of another stream inside a block"] = (Http2Error.Protocol, [Settings(), Headers(1, Get, endHeaders: false), Headers(3, Get)]),
        ["5.1 DATA on an idle stream"] = (Http2Error.Protocol, [Settings(), Data(1, "x")]),
        ["5.1 RST_STREAM on an idle stream"] = (Http2Error.Protocol, [Settings(), Frames.Reset(1)]),
        ["5.1 WINDOW_UPDATE on an idle stream"] = (Http2Error.Protocol, [Settings(), WindowUpdate(1, 1)]),
        ["5.1 CONTINUATION on an idle stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Continuation, EndHeaders, 1)]),
        ["5.1 DATA on a half-closed stream"] = (Http2Error.StreamClosed, [Settings(), Headers(1, Get), Data(1, "x")]),
        ["5.1 HEADERS on a half-closed stream"] = (Http2Error.StreamClosed, [Settings(), Headers(1, Get), Headers(1, Get)]),
        ["5.1 DATA behind the client's reset"] = (Http2Error.StreamClosed, [Settings(), Headers(1, Post, endStream: false), Frames.Reset(1), Data(1, "x")]),
        ["5.1 HEADERS behind the client's reset"] = (Http2Error.StreamClosed, [Settings(), Headers(1, Post, endStream: false), Frames.Reset(1), Headers(1, Get)]),
        ["5.1 CONTINUATION behind the client's reset"] = (Http2Error.Protocol, [Settings(), Headers(1, Post, endStream: false), Frames.Reset(1), Of(FrameType.Continuation, EndHeaders, 1)]),
        ["5.1.1 stream of an even number"] = (Http2Error.Protocol, [Settings(), Headers(2, Get)]),
        ["5.1.1 number that has gone down"] = (Http2Error.StreamClosed, [Settings(), Headers(5, Get), Headers(3, Get)]),
        ["5.3.1 stream that depends on itself"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Headers, EndHeaders | End | FrameFlags.Priority, 1, [0, 0, 0, 1, 0, .. Block(Get)])]),
        ["6.1 DATA on stream 0"] = (Http2Error.Protocol, [Settings(), Data(0, "x")]),
        ["6.1 padding as long as the payload"] = (Http2Error.Protocol, [Settings(), Headers(1, Post, endStream: false), Of(FrameType.Data, FrameFlags.Padded, 1, 2, 0)]),
        ["6.1 padded without a length"] = (Http2Error.Protocol, [Settings(), Headers(1, Post, endStream: false), Of(FrameType.Data, FrameFlags.Padded, 1)]),
        ["6.2 HEADERS on stream 0"] = (Http2Error.Protocol, [Settings(), Headers(0, Get)]),
        ["6.2 padding as long as the payload"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Headers, EndHeaders | FrameFlags.Padded, 1, 9, 0x82)]),
        ["6.2 priority cut"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Headers, EndHeaders | FrameFlags.Priority, 1, 0, 0)]),
        ["6.3 PRIORITY on stream 0"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Priority, 0, 0, new byte[5])]),
        ["6.3 PRIORITY of 4 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Priority, 0, 1, new byte[4])]),
        ["6.4 RST_STREAM on stream 0"] = (Http2Error.Protocol, [Settings(), Frames.Reset(0)]),
        ["6.4 RST_STREAM of 3 bytes"] = (Http2Error.FrameSize, [Settings(), Headers(1, Get), Of(FrameType.Reset, 0, 1, new byte[3])]),
        ["6.5 SETTINGS on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Settings, 0, 1)]),
        ["6.5 SETTINGS of 5 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Settings, 0, 0, new byte[5])]),
        ["6.5 acknowledgement with a payload"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Settings, FrameFlags.Ack, 0, new byte[6])]),
        ["6.5 acknowledgement of nothing"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Settings, FrameFlags.Ack, 0), Of(FrameType.Settings, FrameFlags.Ack, 0)]),
        ["6.5.2 ENABLE_PUSH of 2"] = (Http2Error.Protocol, [Settings((Setting.EnablePush, 2))]),
        ["6.5.2 INITIAL_WINDOW_SIZE beyond 2^31-1"] = (Http2Error.FlowControl, [Settings((Setting.InitialWindowSize, 0x8000_0000))]),
        ["6.5.2 MAX_FRAME_SIZE below 2^14"] = (Http2Error.Protocol, [Settings((Setting.MaxFrameSize, 16383))]),
        ["6.5.2 MAX_FRAME_SIZE beyond 2^24-1"] = (Http2Error.Protocol, [Settings((Setting.MaxFrameSize, 16777216))]),
        ["6.6 PUSH_PROMISE of a client"] = (Http2Error.Protocol, [Settings(), Headers(1, Get), Of(FrameType.PushPromise, EndHeaders, 1, 0, 0, 0, 2)]),
        ["6.7 PING on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Ping, 0, 1, new byte[8])]),
        ["6.7 PING of 7 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.Ping, 0, 0, new byte[7])]),
        ["6.8 GOAWAY on a stream"] = (Http2Error.Protocol, [Settings(), Of(FrameType.GoAway, 0, 1, new byte[8])]),
        ["6.8 GOAWAY of 7 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.GoAway, 0, 0, new byte[7])]),
        ["6.8 GOAWAY that grows"] = (Http2Error.Protocol, [Settings(), Of(FrameType.GoAway, 0, 0, new byte[8]), Of(FrameType.GoAway, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0)]),
        ["6.9 WINDOW_UPDATE of nothing"] = (Http2Error.Protocol, [Settings(), WindowUpdate(0, 0)]),
        ["6.9 WINDOW_UPDATE of nothing on a stream"] = (Http2Error.Protocol, [Settings(), Headers(1, Get), WindowUpdate(1, 0)]),
        ["6.9 WINDOW_UPDATE of 3 bytes"] = (Http2Error.FrameSize, [Settings(), Of(FrameType.WindowUpdate, 0, 0, new byte[3])]),
        ["6.9.1 window of the connection beyond 2^31-1"] = (Http2Error.FlowControl, [Settings(), WindowUpdate(0, int.MaxValue)]),
        ["6.9.1 window of a stream beyond 2^31-1"] = (Http2Error.FlowControl, [Settings(), Headers(1, Get), WindowUpdate(1, int.MaxValue)]),
        ["6.9.2 window of a stream beyond 2^31-1 by a setting"] = (Http2Error.FlowControl, [Settings(), Headers(1, Get), WindowUpdate(1, 65536), Settings((Setting.InitialWindowSize, int.MaxValue))]),
        ["6.10 CONTINUATION without HEADERS"] = (Http2Error.Protocol, [Settings(), Headers(1, Get), Of(FrameType.Continuation, EndHeaders, 1)]),
        ["6.10 CONTINUATION of another stream"] = (Http2Error.Protocol, [Settings(), Headers(1, Get, endHeaders: false), Of(FrameType.Continuation, EndHeaders, 3)]),
        ["8.1 trailers that do not end the stream"] = (Http2Error.Protocol, [Settings(), Headers(1, Post, endStream: false), Headers(1, "x-t: 1", endStream: false)]),
        ["8.1 pseudo header in trailers"] = (Http2Error.Protocol, [Settings(), Headers(1, Post, endStream: false), Headers(1, ":path: /x")]),
        ["8.2.1 capital in a name"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|X-a: 1")]),
        ["8.2.1 colon in a name"] = (Http2Error.Protocol, [Settings(), Of(FrameType.Headers, EndHeaders | End, 1, [.. Block(Get), 0, 3, (byte)'x', (byte)':', (byte)'a', 1, (byte)'1'])]),
        ["8.2.1 blank in a name"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|x a: 1")]),
        ["8.2.1 line feed in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|x-a: 1\n2")]),
        ["8.2.1 carriage return in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|x-a: 1\r2")]),
        ["8.2.1 NUL in a value"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|x-a: 1\0")]),
        ["8.2.2 connection"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|connection: close")]),
        ["8.2.2 transfer-encoding"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|transfer-encoding: chunked")]),
        ["8.2.2 upgrade"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|upgrade: websocket")]),
        ["8.2.2 keep-alive"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|keep-alive: 1")]),
        ["8.2.2 proxy-connection"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|proxy-connection: close")]),
        ["8.2.2 te of anything but trailers"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|te: gzip")]),
        ["8.3 pseudo header behind others"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|x-a: 1|:path: /|:authority: a")]),
        ["8.3 unknown pseudo header"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|:test: 1")]),
        ["8.3 pseudo header of responses"] = (Http2Error.Protocol, [Settings(), Headers(1, Get + "|:status: 200")]),
        ["8.3.1 no method"] = (Http2Error.Protocol, [Settings(), Headers(1, ":scheme: http|:path: /|:authority: a")]),
        ["8.3.1 no scheme"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:path: /|:authority: a")]),
        ["8.3.1 no path"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:authority: a")]),
        ["8.3.1 empty path"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: |:authority: a")]),
        ["8.3.1 path without slash"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: x|:authority: a")]),
        ["8.3.1 blank in the path"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: /a b|:authority: a")]),
        ["8.3.1 asterisk for GET"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: *|:authority: a")]),
        ["8.3.1 two methods"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|" + Get)]),
        ["8.3.1 two paths"] = (Http2Error.Protocol, [Settings(), Headers(1, ":path: /|" + Get)]),
        ["8.3.1 user in the authority"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: /|:authority: u@a")]),
        ["8.3.1 two hosts"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: GET|:scheme: http|:path: /|host: a|host: b")]),
        ["8.5 CONNECT with a path"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: CONNECT|:path: /|:authority: a:1")]),
        ["8.5 CONNECT without authority"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: CONNECT")]),
        ["RFC 8441 CONNECT with a protocol that was not offered"] = (Http2Error.Protocol, [Settings(), Headers(1, ":method: CONNECT|:protocol: websocket|:scheme: http|:path: /|:authority: a")]),
        ["RFC 9218 priorities that change their mind"] = (Http2Error.Protocol, [Settings(), Settings((Setting.NoPriorities, 1))]),
    };

    private static readonly Dictionary<string, (string Answer, byte[][] Frames)> Tolerated = new()
    {
        ["4.1 unknown frame types"] = ("", [Of((FrameType)0x77, (FrameFlags)0xFF, 0, 1, 2), Of((FrameType)0x77, 0, 9, 1)]),
        ["4.1 unknown flags"] = ("Ping(True)", [Of(FrameType.Ping, (FrameFlags)0xFE, 0, new byte[8])]),
        ["4.1 the reserved bit"] = ("Ping(True)", [Of(FrameType.Ping, 0, int.MinValue, new byte[8])]),
        ["5.1 half-closed streams"] = ("", [Headers(1, Get), Of(FrameType.Priority, 0, 1, new byte[5]), WindowUpdate(1, 1), Frames.Reset(1), Of(FrameType.Priority, 0, 1, new byte[5]), WindowUpdate(1, 1)]),
        ["7 error codes that nobody knows"] = ("", [Headers(1, Get), Of(FrameType.Reset, 0, 1, 0, 0, 1, 0), Of(FrameType.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)]),
        ["5.1 PRIORITY on an idle stream"] = ("", [Of(FrameType.Priority, 0, 9, new byte[5])]),
        ["6.5 unknown settings"] = ("SettingsAck", [Settings(((Setting)0x99, 5))]),
        ["6.5 SETTINGS are acknowledged"] = ("SettingsAck", [Settings((Setting.MaxConcurrentStreams, 5))]),
        ["6.7 PING is answered"] = ("Ping(True)", [Of(FrameType.Ping, 0, 0, new byte[8])]),
        ["6.7 an answer is not answered"] = ("", [Of(FrameType.Ping, FrameFlags.Ack, 0, new byte[8])]),
        ["6.8 GOAWAY of the client"] = ("", [Of(FrameType.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)]),
        ["6.9 WINDOW_UPDATE of the connection"] = ("", [WindowUpdate(0, 1)]),
        ["8.1.1 body shorter than announced"] = ("Reset(1,Protocol)", [Headers(1, Post + "|content-length: 5", endStream: false), Data(1, "four", endStream: true)]),
        ["8.1.1 body longer than announced"] = ("Reset(1,Protocol)", [Headers(1, Post + "|content-length: 3", endStream: false), Data(1, "four")]),
        ["8.1.1 trailers before the announced body"] = ("Reset(1,Protocol)", [Headers(1, Post + "|content-length: 3", endStream: false), Headers(1, "x-t: 1")]),
        ["5.1 what comes behind a reset"] = (
            "Reset(1,Protocol)",
            [Headers(1, Post + "|content-length: 3", endStream: false), Data(1, "four"), Data(1, "more"), Headers(1, "x-t: 1"), WindowUpdate(1, 1), Frames.Reset(1)]),
    };

    private static IEnumerable<string> ConnectionErrorNames => ConnectionErrors.Keys;

    private static IEnumerable<string> ToleratedNames => Tolerated.Keys;

    [TestCaseSource(nameof(ConnectionErrorNames))]
    public void ConnectionError(string requirement)
    {
        var (error, frames) = ConnectionErrors[requirement];
        var harness = new Http2Harness(preface: false);
        harness.Receive([Http2Frame.Preface.ToArray(), .. frames]);

        var last = harness.TakeFrames()[^1];
        last.Type.Should().Be(FrameType.GoAway);
        last.ErrorCode.Should().Be(error);
        (harness.Closed, harness.Fault).Should().Be((CloseMode.FlushAndDelay, harness.CloseDetails));
        harness.Requests.Where(static request => request.Closings != 1).Should().BeEmpty("what was under way is over");

        harness.Receive(Headers(101, Get));
        harness.TakeFrames().Should().BeEmpty("nothing counts any more");
    }

    [TestCaseSource(nameof(ConnectionErrorNames))]
    public void ConnectionError_SplitAtEveryByte_IsTheSame(string requirement)
    {
        var (error, frames) = ConnectionErrors[requirement];
        var harness = new Http2Harness(preface: false);
        foreach (var value in frames.Prepend(Http2Frame.Preface.ToArray()).SelectMany(static frame => frame))
        {
            harness.Receive([value]);
        }

        harness.TakeFrames()[^1].ErrorCode.Should().Be(error);
    }

    [TestCaseSource(nameof(ToleratedNames))]
    public void ConnectionLives(string requirement)
    {
        var (answer, frames) = Tolerated[requirement];
        var harness = new Http2Harness();
        harness.Receive(frames);
        harness.Take().Should().Be(answer);
        harness.Closed.Should().BeNull();

        harness.Receive(Headers(101, Get));
        harness.Last.Head.Should().Be(Get);
    }

    [TestCase("X-a: 1")]
    [TestCase("connection: close")]
    [TestCase(":status: 200")]
    public void InvalidMessage_WhereStreamErrorsAreAskedFor_EndsItsStreamOnly(string field)
    {
        var harness = new Http2Harness(options: new Http2Options { StreamErrorOnInvalidMessage = true });
        harness.Receive(Headers(1, $"{Get}|{field}"), Headers(3, Get));
        harness.Take().Should().Be("Reset(1,Protocol)");
        (harness.Requests[0].Fault, harness.Requests[0].Head, harness.Requests[0].Closings).Should().Be(("http2.invalid.header.field", "", 1));
        harness.Requests[1].Head.Should().Be(Get);
        harness.Count(Http2Stats.MessagingError).Should().Be(1);
    }

    [TestCase("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\n")]
    public void Preface_OfSomethingElse_EndsTheConnection(string text)
    {
        var harness = new Http2Harness(preface: false);
        harness.Receive(System.Text.Encoding.ASCII.GetBytes(text));
        (harness.Take(), harness.Closed).Should().Be(("", CloseMode.Flush));
    }

    [Test]
    public void Preface_IsAnsweredWithTheSettings()
    {
        var harness = new Http2Harness(new Http2Config { HpackTableBytes = 100, AllowConnect = true, InitialConnectionWindowBytes = 65536 }, preface: false);
        harness.Receive(Http2Frame.Preface.ToArray());
        harness.Take().Should().Be("Settings(5) WindowUpdate(0,1)");
    }
}
