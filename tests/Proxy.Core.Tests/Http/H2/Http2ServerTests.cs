using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Http.H2;
using static Proxy.Core.Tests.Http.H2.Frames;

namespace Proxy.Core.Tests.Http.H2;

public sealed class Http2ServerTests
{
    [Test]
    public void Request_AndAnswer_GoThrough()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Post + "|x-a: 1|cookie: a=1|cookie: b=2", endStream: false), Data(1, "hel"), Data(1, "lo", endStream: true));
        harness.Last.Head.Should().Be(Post + "|x-a: 1|cookie: a=1; b=2");
        (harness.Last.Body, harness.Last.IsComplete).Should().Be(("hello", true));

        harness.Last.Respond(":status: 200|content-length: 2|connection: close|server: me", endStream: false);
        harness.Last.RespondData("ok");
        var frames = harness.TakeFrames();
        frames.Select(static frame => frame.ToString()).Should().Equal([$"Headers(1,{frames[0].Payload.Length})", "Data(1,2,end)"]);
        harness.Fields(frames[0]).Should().Be(":status: 200|content-length: 2|server: me", "connections are no business of a message's");
        harness.Last.Closings.Should().Be(1);
        harness.Count(Http2Stats.StreamsActive).Should().Be(0);
    }

    [Test]
    public void Settings_OfTheConfiguration_AreToldBehindItsOwn()
    {
        var harness = new Http2Harness(new Http2Config { CustomSettings = [new Http2SettingConfig(0x1234, 0x89ABCDEF), new Http2SettingConfig(7, 1)] }, preface: false);

        harness.Receive(Http2Frame.Preface.ToArray());
        var first = harness.TakeFrames()[0];
        first.Type.Should().Be(FrameType.Settings);
        Convert.ToHexString(first.Payload)[^24..].Should().Be("123489ABCDEF" + "000700000001");
    }

    [Test]
    public void Requests_AreAnsweredInAnyOrder()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get), Headers(3, Get), Headers(5, Get));
        harness.Requests[2].Respond(":status: 200");
        harness.Requests[0].Respond(":status: 200");
        harness.Take().Should().Be("Headers(5,1,end) Headers(1,1,end)");
        harness.Count(Http2Stats.StreamsActive).Should().Be(1);
    }

    [Test]
    public void Request_SplitAtEveryByte_IsTheSame()
    {
        byte[] all =
        [
            .. Of(FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, 1, [3, 0, 0, 0, 0, 9, .. Block(Post)[..20], 0, 0, 0]),
            .. Of(FrameType.Continuation, FrameFlags.EndHeaders, 1, Block(Post).AsSpan(20)),
            .. Of(FrameType.Data, FrameFlags.Padded, 1, 2, (byte)'a', (byte)'b', 0, 0),
            .. Data(1, "cd"),
            .. Headers(1, "x-t: 1"),
        ];
        for (var split = 0; split <= all.Length; split++)
        {
            var harness = new Http2Harness();
            harness.Receive(all[..split]);
            harness.Receive(all[split..]);
            (harness.Last.Head, harness.Last.Body, harness.Last.Trailers, harness.Last.IsComplete).Should().Be((Post, "abcd", "x-t: 1", true), $"split at {split}");
        }
    }

    [Test]
    public void Trailers_OfTheAnswer_FollowTheBody()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get));
        harness.Last.Respond(":status: 200", endStream: false);
        harness.Last.RespondData("x", endStream: false);
        harness.Last.RespondTrailers("grpc-status: 0");
        var frames = harness.TakeFrames();
        frames[2].EndStream.Should().BeTrue();
        harness.Fields(frames[0]);
        harness.Fields(frames[2]).Should().Be("grpc-status: 0");
    }

    [TestCase(false, "Headers(1,1,end)")]
    [TestCase(true, "Headers(1,1,end) Reset(1,None)")]
    public void Answer_ToTheHead_IsFollowedByAResetOnlyWhenTheRestHasNotCome(bool isSplit, string expected)
    {
        var harness = new Http2Harness { AnswerHead = static request => request.Stream.EncodeHeaders(Http2Request.Map(":status: 200"), endStream: true) };
        if (isSplit)
        {
            harness.Receive(Headers(1, Post, endStream: false));
            harness.Receive(Data(1, "x", endStream: true));
        }
        else
        {
            harness.Receive(Headers(1, Post, endStream: false), Data(1, "x", endStream: true));
        }

        harness.Take().Should().Be(expected);
    }

    [Test]
    public void Answer_BeforeTheRequestIsComplete_IsFollowedByAReset()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Post, endStream: false));
        harness.Last.Respond(":status: 413");
        harness.Take().Should().EndWith(",end) Reset(1,None)");
        harness.Receive(Data(1, "still coming"), Data(1, "", endStream: true));
        harness.Closed.Should().BeNull("it was under way");
    }

    [Test]
    public void Informational_ComesBeforeTheAnswer()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get));
        harness.Run(() => harness.Last.Stream.EncodeInformational(Http2Request.Map(":status: 103|link: x")));
        harness.Last.Respond(":status: 200");
        var frames = harness.TakeFrames();
        frames.Select(static frame => frame.EndStream).Should().Equal(false, true);
        harness.Fields(frames[0]).Should().Be(":status: 103|link: x");
    }

    [Test]
    public void Head_LongerThanAFrame_IsContinued()
    {
        var harness = new Http2Harness(new Http2Config { Huffman = false });
        harness.Receive(Headers(1, Get));
        harness.Last.Respond(":status: 200|x-long: " + new string('x', 40_000));
        var frames = harness.TakeFrames();
        frames.Select(static frame => (frame.Type, frame.Flags)).Should().Equal(
            (FrameType.Headers, FrameFlags.EndStream), (FrameType.Continuation, FrameFlags.None), (FrameType.Continuation, FrameFlags.EndHeaders));
    }

    [Test]
    public void Body_WaitsForItsWindow()
    {
        var harness = new Http2Harness(options: new Http2Options { StreamBufferBytes = 8 });
        harness.Receive(Settings((Setting.InitialWindowSize, 4)), Headers(1, Get));
        harness.Last.Respond(":status: 200", endStream: false);
        harness.Take();
        harness.Last.RespondData("0123456789abcdef", endStream: false);
        harness.Last.RespondTrailers("x-t: 1");
        harness.Take().Should().Be("Data(1,4)");
        harness.Last.Watermark.Should().Be(1, "12 bytes wait where 8 may");

        harness.Receive(WindowUpdate(1, 5));
        harness.Take().Should().Be("Data(1,5)");
        harness.Receive(Settings((Setting.InitialWindowSize, 7)));
        harness.Take().Should().Be("SettingsAck Data(1,3)");
        harness.Last.Watermark.Should().Be(0);
        harness.Receive(WindowUpdate(1, 100));
        harness.Take().Should().StartWith("Data(1,4) Headers(1,").And.EndWith("end)");
        harness.Last.Closings.Should().Be(1);
        harness.Count(Http2Stats.PendingSendBytes).Should().Be(0);
    }

    [Test]
    public void Window_ThatASettingMakesNegative_StaysClosedUntilItIsPositive()
    {
        var harness = new Http2Harness();
        harness.Receive(Settings((Setting.InitialWindowSize, 5)), Headers(1, Get));
        harness.Last.Respond(":status: 200", endStream: false);
        harness.Last.RespondData("0123456789", endStream: false);
        harness.Receive(Settings((Setting.InitialWindowSize, 2)));
        harness.Take().Should().EndWith("Data(1,5) SettingsAck");

        harness.Receive(WindowUpdate(1, 3));
        harness.Take().Should().Be("", "the window was -3");
        harness.Receive(WindowUpdate(1, 1));
        harness.Take().Should().Be("Data(1,1)");
    }

    [Test]
    public void Bodies_ShareTheConnectionsWindowInTurns()
    {
        var harness = new Http2Harness();
        harness.Receive(Settings((Setting.InitialWindowSize, 1_000_000)), Headers(1, Get), Headers(3, Get));
        foreach (var request in harness.Requests)
        {
            request.Respond(":status: 200", endStream: false);
            request.RespondData(new string('x', 100_000));
        }

        harness.TakeFrames().Where(static frame => frame.Type == FrameType.Data).Sum(static frame => frame.Payload.Length).Should().Be(65535);
        harness.Receive(WindowUpdate(0, 40_000));
        var ids = harness.TakeFrames().Select(static frame => frame.StreamId).ToArray();
        ids.Should().Contain(1).And.Contain(3);
        harness.Receive(WindowUpdate(0, 1_000_000));
        harness.Requests.Where(static request => request.Closings != 1).Should().BeEmpty();
    }

    [Test]
    public void ReadDisable_KeepsTheWindowClosed()
    {
        var harness = new Http2Harness(new Http2Config { InitialStreamWindowBytes = 65535, InitialConnectionWindowBytes = 65535 });
        harness.Receive(Headers(1, Post, endStream: false));
        harness.Run(() => harness.Last.Stream.ReadDisable(true));
        for (var i = 0; i < 6; i++)
        {
            harness.Receive(Data(1, new string('x', 10_000)));
        }

        harness.Take().Should().Be("");
        harness.Run(() => harness.Last.Stream.ReadDisable(false));
        harness.Take().Should().Be("WindowUpdate(1,60000) WindowUpdate(0,60000)");
    }

    [Test]
    public void Window_ThatIsExceeded_IsAFault()
    {
        var harness = new Http2Harness(new Http2Config { InitialStreamWindowBytes = 65535, InitialConnectionWindowBytes = 1_000_000 });
        harness.Receive(Headers(1, Post, endStream: false));
        harness.Run(() => harness.Last.Stream.ReadDisable(true));
        for (var i = 0; i < 5; i++)
        {
            harness.Receive(Data(1, new string('x', 16_000)));
        }

        harness.Take().Should().Be("Reset(1,FlowControl)");
        harness.Closed.Should().BeNull();
    }

    [Test]
    public void Windows_OfStreamsThatEnd_AreGivenBack()
    {
        var harness = new Http2Harness(new Http2Config { InitialStreamWindowBytes = 65535, InitialConnectionWindowBytes = 65535 });
        harness.Receive(Headers(1, Post, endStream: false));
        harness.Run(() => harness.Last.Stream.ReadDisable(true));
        harness.Receive(Data(1, new string('x', 16_000)), Data(1, new string('x', 16_000)), Data(1, new string('x', 16_000)));
        harness.Receive(Frames.Reset(1));
        harness.Take().Should().Be("WindowUpdate(0,48000)");
        harness.Last.ResetReason.Should().Be(StreamResetReason.RemoteReset);
    }

    [Test]
    public void Streams_BeyondTheLimit_AreRefused()
    {
        var harness = new Http2Harness(new Http2Config { MaxConcurrentStreams = 2 });
        harness.Receive(Headers(1, Get), Headers(3, Get), Headers(5, Get));
        harness.Take().Should().Be("Reset(5,RefusedStream)");
        harness.Requests.Should().HaveCount(2);
        harness.Count(Http2Stats.StreamRefused).Should().Be(1);

        harness.Requests[0].Respond(":status: 200");
        harness.Take();
        harness.Receive(Headers(7, Get));
        harness.Requests.Should().HaveCount(3);
    }

    [Test]
    public void Streams_BeyondALimitThatTheClientKnows_EndTheConnection()
    {
        var harness = new Http2Harness(new Http2Config { MaxConcurrentStreams = 1 });
        harness.Receive(Of(FrameType.Settings, FrameFlags.Ack, 0), Headers(1, Get), Headers(3, Get));
        harness.TakeFrames()[^1].ErrorCode.Should().Be(Http2Error.Protocol);
        (harness.Requests.Count, harness.CloseDetails).Should().Be((1, "http2.too_many_streams"));
    }

    [Test]
    public void Drain_GoesInTwoSteps()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get));
        harness.Run(harness.Codec.StartDrain);
        harness.Take().Should().Be($"GoAway({int.MaxValue},None)");
        harness.Receive(Headers(3, Get));
        harness.Requests.Should().HaveCount(2, "it was on its way");
        harness.Run(harness.Codec.FinishDrain);
        harness.Take().Should().Be("GoAway(3,None)");
        harness.Receive(Headers(5, Get));
        harness.Take().Should().Be("Reset(5,RefusedStream)", "it is safe to try again elsewhere");
        harness.Codec.ShouldClose.Should().BeFalse();
        harness.Requests.ForEach(static request => request.Respond(":status: 200"));
        harness.Codec.ShouldClose.Should().BeTrue();
    }

    [Test]
    public void ConnectionClose_EndsEveryStreamOnce()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, Get), Headers(3, Get));
        harness.Run(harness.Codec.OnConnectionClosed);
        harness.Requests.Should().OnlyContain(static request => request.Closings == 1 && request.ResetReason == StreamResetReason.ConnectionTermination);
        harness.Requests[0].Respond(":status: 200");
        harness.Take().Should().Be("");
    }

    [Test]
    public void ExtendedConnect_IsAnUpgrade_AndItsBytesWaitForTheGrant()
    {
        var harness = new Http2Harness(new Http2Config { AllowConnect = true });
        harness.Receive(Headers(1, ":method: CONNECT|:protocol: websocket|:scheme: http|:path: /chat|:authority: a", endStream: false), Data(1, "early"));
        harness.Last.Head.Should().Be(":method: GET|:scheme: http|:path: /chat|:authority: a|upgrade: websocket|connection: upgrade");
        harness.Last.Body.Should().Be("");
        harness.Last.Respond(":status: 101|connection: upgrade|upgrade: websocket", endStream: false);
        harness.Last.Body.Should().Be("early");
        harness.Fields(harness.TakeFrames()[0]).Should().Be(":status: 200");
        harness.Receive(Data(1, " late", endStream: true));
        harness.Last.Body.Should().Be("early late");
    }

    [Test]
    public void Connect_IsATunnel()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, ":method: CONNECT|:authority: a:443", endStream: false));
        harness.Last.Respond(":status: 200", endStream: false);
        harness.Receive(Data(1, "ping"));
        harness.Last.RespondData("pong", endStream: false);
        harness.Last.Body.Should().Be("ping");
        harness.Take().Should().EndWith("Data(1,4)");
    }

    [TestCase(false, "|x_y: 1", 0)]
    [TestCase(true, "", 1)]
    public void Underscores_AreTreatedAsConfigured(bool drop, string rest, int dropped)
    {
        var action = drop ? HeadersWithUnderscoresAction.DropHeader : HeadersWithUnderscoresAction.Allow;
        var harness = new Http2Harness(options: new Http2Options { HeadersWithUnderscores = action });
        harness.Receive(Headers(1, Get + "|x_y: 1"));
        harness.Last.Head.Should().Be(Get + rest);
        harness.Count(Http2Stats.DroppedUnderscores).Should().Be(dropped);
    }

    [Test]
    public void Underscores_ThatAreRefused_EndTheStream()
    {
        var harness = new Http2Harness(options: new Http2Options { HeadersWithUnderscores = HeadersWithUnderscoresAction.RejectRequest });
        harness.Receive(Headers(1, Get + "|x_y: 1"));
        harness.Take().Should().Be("Reset(1,Internal)");
        harness.Count(Http2Stats.RejectedUnderscores).Should().Be(1);
    }

    [Test]
    public void Host_StandsInForTheAuthority()
    {
        var harness = new Http2Harness();
        harness.Receive(Headers(1, ":method: GET|:scheme: http|:path: /|host: b.test|x-a: 1"));
        harness.Last.Head.Should().Be(":method: GET|:scheme: http|:path: /|:authority: b.test|x-a: 1");
        harness.Receive(Headers(3, Get + "|host: b.test"));
        harness.Last.Head.Should().Be(Get, "the authority wins");
    }

    [Test]
    public void Keepalive_WithoutAnswer_ClosesTheConnection()
    {
        var config = new Http2Config { Keepalive = new Http2KeepaliveConfig { Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(2), JitterPercent = 0 } };
        var harness = new Http2Harness(config);
        harness.Runtime.Advance(TimeSpan.FromSeconds(10));
        var ping = harness.TakeFrames().Should().ContainSingle().Subject;
        harness.Receive(Of(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload));
        harness.Runtime.Advance(TimeSpan.FromSeconds(9));
        harness.Closed.Should().BeNull();
        harness.Runtime.Advance(TimeSpan.FromSeconds(2));
        harness.Take().Should().Be("Ping(False)");
        harness.Runtime.Advance(TimeSpan.FromSeconds(2));
        harness.CloseDetails.Should().Be("http2.ping_timeout");
        harness.Count(Http2Stats.KeepaliveTimeout).Should().Be(1);
    }
}
