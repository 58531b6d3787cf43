using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Stats;
using static Proxy.Core.Tests.Http.H2.Frames;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>Every bound on what a client can make the proxy do: hit, and counted.</summary>
public sealed class Http2AbuseTests
{
    [Test]
    public void Pings_WhoseAnswersNobodyReads_AreAFlood()
    {
        var harness = new Http2Harness { IsBlocked = true };
        var ping = Of(FrameType.Ping, 0, 0, new byte[8]);
        harness.Receive([.. Enumerable.Repeat(ping, 990)]);
        harness.Closed.Should().BeNull();
        harness.Receive([.. Enumerable.Repeat(ping, 20)]);
        ShouldBeFlood(harness, CloseMode.Reset, Http2Stats.OutboundControlFlood);
    }

    [Test]
    public void Pings_WhoseAnswersAreRead_AreNone()
    {
        var harness = new Http2Harness();
        harness.Receive([.. Enumerable.Repeat(Of(FrameType.Ping, 0, 0, new byte[8]), 5000)]);
        harness.Closed.Should().BeNull();
        harness.TakeFrames().Should().HaveCount(5000);
    }

    [Test]
    public void Settings_WhoseAnswersNobodyReads_AreAFlood()
    {
        var harness = new Http2Harness { IsBlocked = true };
        harness.Receive([.. Enumerable.Repeat(Settings(), 1100)]);
        ShouldBeFlood(harness, CloseMode.Reset, Http2Stats.OutboundControlFlood);
    }

    [Test]
    public void Answers_NobodyReads_AreAFlood()
    {
        var harness = new Http2Harness(new Http2Config { MaxOutboundFrames = 50 }) { IsBlocked = true };
        harness.Answer = static request => request.Stream.EncodeHeaders(Http2Request.Map(":status: 200"), endStream: true);
        harness.Receive([.. Enumerable.Range(0, 60).Select(static i => Headers((2 * i) + 1, Get))]);
        ShouldBeFlood(harness, CloseMode.Reset, Http2Stats.OutboundFlood);
    }

    [Test]
    public void EmptyData_IsAFlood()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Post, endStream: false), Data(1, ""), Data(1, ""));
        ShouldBeFlood(harness, CloseMode.FlushAndDelay, Http2Stats.EmptyFramesFlood);
    }

    [Test]
    public void EmptyContinuations_AreAFlood()
    {
        var harness = new Http2Harness();
        var empty = Of(FrameType.Continuation, 0, 1);
        harness.Receive(Headers(1, Get, endHeaders: false), empty, empty);
        ShouldBeFlood(harness, CloseMode.FlushAndDelay, Http2Stats.EmptyFramesFlood);
    }

    [Test]
    public void Continuations_WithoutEnd_AreBoundInBytes()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get, endHeaders: false));
        for (var i = 0; i < 20 && harness.Closed is null; i++)
        {
            harness.Receive(Of(FrameType.Continuation, 0, 1, new byte[16_000]));
        }

        ShouldBeFlood(harness, CloseMode.FlushAndDelay, Http2Stats.HeaderListTooLarge);
    }

    [Test]
    public void Priorities_AreBoundByTheStreams()
    {
        var harness = new Http2Harness(new Http2Config { MaxPriorityFramesPerStream = 10 });
        var priority = Of(FrameType.Priority, 0, 1, new byte[5]);
        harness.Receive([Headers(1, Get), .. Enumerable.Repeat(priority, 20)]);
        harness.Closed.Should().BeNull();
        harness.Receive(priority);
        ShouldBeFlood(harness, CloseMode.FlushAndDelay, Http2Stats.PriorityFlood);
    }

    [Test]
    public void WindowUpdates_AreBoundByTheDataSent()
    {
        var harness = new Http2Harness();
        harness.Receive([Headers(1, Get), .. Enumerable.Repeat(WindowUpdate(0, 1), 7)]);
        harness.Closed.Should().BeNull();
        harness.Receive(WindowUpdate(0, 1));
        ShouldBeFlood(harness, CloseMode.FlushAndDelay, Http2Stats.WindowUpdateFlood);
    }

    [TestCase(5000, 1)]
    [TestCase(1, 120)]
    public void Heads_ThatAreTooLarge_EndTheirStream(int valueBytes, int fields)
    {
        var harness = new Http2Harness(options: new Http2Options { MaxHeadBytes = 4096 });
        var head = Get + string.Concat(Enumerable.Range(0, fields).Select(i => $"|x-{i}: {new string('v', valueBytes)}"));
        harness.Receive(Headers(1, head), Headers(3, Get));
        harness.Take().Should().Be("Reset(1,Internal)");
        harness.Count(Http2Stats.HeaderOverflow).Should().Be(1);
        harness.Last.Head.Should().Be(Get);
    }

    [Test]
    public void References_ToOneLongField_CountEachTime()
    {
        // 16 KB of references to a field of 3 KB would be 48 MB of headers.
        var harness = new Http2Harness();
        byte[] field = [0x40, 3, (byte)'x', (byte)'-', (byte)'b', 0x7F, 0xB9, 0x16, .. Enumerable.Repeat((byte)'v', 3000)];
        harness.Receive(
            Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, [.. Block(Get), .. field]),
            Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 3, [.. Block(Get), .. Enumerable.Repeat((byte)0xBE, 16_000)]));
        harness.Requests[0].Head.Should().EndWith("vvv");
        harness.Take().Should().Be("Reset(3,Internal)");
        harness.Requests[1].Head.Should().BeEmpty();
    }

    [Test]
    public void EarlyTunnelBytes_AreBound()
    {
        var harness = new Http2Harness(options: new Http2Options { StreamBufferBytes = 1000 });
        harness.Receive(Headers(1, ":method: CONNECT|:authority: a:443", endStream: false), Data(1, new string('x', 1001)));
        harness.Take().Should().Be("Reset(1,EnhanceYourCalm)");
        harness.Last.Closings.Should().Be(1);
    }

    [Test]
    public void SettingsByTheThousand_AreAFlood()
    {
        var harness = new Http2Harness();
        harness.Receive(Settings([.. Enumerable.Repeat((Setting.MaxConcurrentStreams, 100u), 1000)]));
        harness.TakeFrames()[^1].ErrorCode.Should().Be(Http2Error.EnhanceYourCalm);
    }

    [Test]
    public void TinyWindows_HoldNoMoreThanTheBuffer()
    {
        var harness = new Http2Harness(options: new Http2Options { StreamBufferBytes = 10 });
        harness.Receive(Settings((Setting.InitialWindowSize, 0)), Headers(1, Get));
        harness.Last.Respond(":status: 200", endStream: false);
        harness.Last.RespondData("01234567890", endStream: false);
        harness.Last.Watermark.Should().Be(1, "the source is told to stop");
        harness.Count(Http2Stats.PendingSendBytes).Should().Be(11);
        harness.Run(() => harness.Last.Stream.Reset(StreamResetReason.LocalReset));
        harness.Count(Http2Stats.PendingSendBytes).Should().Be(0);
    }

    private static void ShouldBeFlood(Http2Harness harness, CloseMode mode, CounterId counter)
    {
        (harness.Closed, harness.Count(counter)).Should().Be((mode, 1));
        harness.Fault.Should().NotBeEmpty();
        harness.Requests.Where(static request => request.Closings != 1).Should().BeEmpty();
    }
}
