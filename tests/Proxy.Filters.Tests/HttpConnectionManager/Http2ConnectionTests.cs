using Proxy.Configuration.Http;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>What a connection manager does differently when requests share a connection. Frames are written by hand.</summary>
[TestFixture]
public sealed class Http2ConnectionTests : ManagerFixture
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

    // SETTINGS: a stream may have one byte of body at first.
    private const string NarrowWindows = "\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\x01";

    // GET http / of host a, all but the host from the static table.
    private const string GetBlock = "\x82\x86\x84\x41\x01" + "a";
    private const string PostBlock = "\x83\x86\x84\x41\x01" + "a";

    [TestCase(CodecType.Auto)]
    [TestCase(CodecType.Http2)]
    public void Requests_ShareAConnection(CodecType codec)
    {
        Listen(Config(config => config with { CodecType = codec }), static () => new ReplyFilter());
        var peer = Connect().Send(Preface + Headers(1, GetBlock) + Headers(3, GetBlock));
        Runtime.RunUntilIdle();
        Frames(peer).Should().Contain(["Headers 1", "Data 1 end", "Headers 3", "Data 3 end"]);
        (Count(HttpStats.ConnectionHttp2Total), Count(HttpStats.RequestHttp2Total), Count(HttpStats.RequestHttp1Total)).Should().Be((1, 2, 0));
        Gauge(HttpStats.ConnectionHttp2Active).Should().Be(1);
        AccessLog.Lines.Should().HaveCount(2).And.OnlyContain(static line => line.StartsWith("200 None  GET / 0 2", StringComparison.Ordinal));
        peer.Close();
        Runtime.RunUntilIdle();
        Gauge(HttpStats.ConnectionHttp2Active).Should().Be(0);
    }

    [Test]
    public void EarlyAnswer_EndsItsRequestOnly()
    {
        Listen(Config(), static () => new ReplyFilter());
        var peer = Connect().Send(Preface + Frame(1, 4, 1, PostBlock) + Headers(3, GetBlock));
        Runtime.RunUntilIdle();
        Frames(peer).Should().Contain("Headers 3");
        peer.Closed.Should().BeNull();
        peer.Ended.Should().BeFalse();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void EarlyAnswer_IsNoReasonToResetARequestWhoseEndHasCome(bool atOnce)
    {
        Listen(Config(), static () => new RefusingFilter());
        var head = Preface + Frame(1, 4, 1, PostBlock);
        var end = Frame(0, 1, 1, "body");
        var peer = Connect().Send(atOnce ? head + end : head);
        Runtime.RunUntilIdle();
        Frames(peer).Contains("Reset 1").Should().Be(!atOnce);
        Count(HttpStats.RequestReceivedReset).Should().Be(1, "it was answered before its end");
        peer.Send((atOnce ? "" : end) + Headers(3, GetBlock));
        Runtime.RunUntilIdle();
        Frames(peer).Should().Contain("Data 3 end");
    }

    [TestCase(null, null, 300_000, Description = "the stream's idle time")]
    [TestCase(20, null, 20_000)]
    [TestCase(20, 5, 5_000, Description = "the route's")]
    public void CompleteAnswer_WhoseClientMakesNoRoom_IsReset(int? manager, int? route, long milliseconds)
    {
        ListenWithFlushTimeouts(manager, route);
        var peer = Connect().Send(Preface + NarrowWindows + Headers(1, GetBlock));

        Runtime.Advance(milliseconds - 1);
        Frames(peer).Should().Contain("Data 1").And.NotContain("Reset 1");
        Runtime.Advance(1);

        Frames(peer).Should().Contain("Reset 1");
        Model.Http2CodecStats.Shard(Worker).Read(Http2Stats.FlushTimeout).Should().Be(1);
        Count(HttpStats.RequestIdleTimeout).Should().Be(0);
        AccessLog.Lines.Should().Equal("200 None  GET / 0 2");
    }

    [TestCase(0, null)]
    [TestCase(20, 0)]
    public void CompleteAnswer_WithoutAFlushTimeout_WaitsForItsClient(int? manager, int? route)
    {
        ListenWithFlushTimeouts(manager, route);
        var peer = Connect().Send(Preface + NarrowWindows + Headers(1, GetBlock));

        Runtime.Advance(400_000);
        peer.Send(Frame(8, 0, 1, "\0\0\0\x01"));
        Runtime.RunUntilIdle();

        Frames(peer).Should().Contain("Data 1 end");
    }

    [Test]
    public void IdleConnection_IsDrainedInTwoSteps()
    {
        Listen(Config(static config => config with { IdleTimeout = TimeSpan.FromSeconds(10), DrainTimeout = TimeSpan.FromSeconds(5) }), static () => new ReplyFilter());
        var peer = Connect().Send(Preface + Headers(1, GetBlock));
        Runtime.Advance(TimeSpan.FromSeconds(10));
        Frames(peer).Should().Contain("GoAway").And.Contain("Data 1 end");
        peer.Take();
        peer.Send(Headers(3, GetBlock));
        Runtime.Advance(TimeSpan.FromSeconds(1));
        Frames(peer).Should().Contain("Data 3 end", "it was on its way");
        peer.Take();
        Runtime.Advance(TimeSpan.FromSeconds(4));
        Frames(peer).Should().Equal("GoAway");
        Runtime.Advance(TimeSpan.FromSeconds(1)); // delayed_close_timeout
        peer.Ended.Should().BeTrue();
    }

    [Test]
    public void MaxRequestsPerConnection_DrainsIt()
    {
        Listen(Config(static config => config with { MaxRequestsPerConnection = 1 }), static () => new ReplyFilter());
        var peer = Connect().Send(Preface + Headers(1, GetBlock));
        Runtime.RunUntilIdle();
        Frames(peer).Should().Contain("GoAway").And.Contain("Data 1 end");
        Count(HttpStats.ConnectionMaxRequests).Should().Be(1);
    }

    [Test]
    public void RequestsBegunToBeReset_CloseTheConnection()
    {
        Listen(Config(), static () => new ReplyFilter { Manual = true });
        var peer = Connect().Send(Preface);
        for (var i = 0; i < 249; i++)
        {
            peer.Send(Headers((2 * i) + 1, GetBlock) + Frame(3, 0, (2 * i) + 1, "\0\0\0\x08"));
        }

        Runtime.RunUntilIdle();
        peer.Closed.Should().BeNull();
        peer.Send(Headers(1001, GetBlock) + Frame(3, 0, 1001, "\0\0\0\x08"));
        Runtime.RunUntilIdle();
        peer.IsOpen.Should().BeFalse();
        Count(HttpStats.RequestTooManyResets).Should().Be(1);
        Count(HttpStats.RequestReceivedReset).Should().Be(250);
        AccessLog.Lines.Should().OnlyContain(static line => line.Contains("DownstreamRemoteReset", StringComparison.Ordinal));
    }

    [Test]
    public void BrokenProtocol_IsCountedAndLogged()
    {
        Listen(Config(), static () => new ReplyFilter { Manual = true });
        var peer = Connect().Send(Preface + Headers(1, GetBlock) + Frame(0, 0, 0, "x"));
        Runtime.RunUntilIdle();
        Frames(peer).Should().Contain("GoAway");
        Count(HttpStats.ConnectionProtocolError).Should().Be(1);
        Count(HttpStats.RequestReceivedReset).Should().Be(1);
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("0 DownstreamProtocolError http2.data_frame GET / ");
    }

    private void ListenWithFlushTimeouts(int? manager, int? route)
    {
        var action = new ForwardActionConfig { Cluster = "c", FlushTimeout = route is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        Listen(
            Config(config => config with
            {
                StreamFlushTimeout = manager is { } limit ? TimeSpan.FromSeconds(limit) : null,
                Routes = Table(Prefix("/", action)),
            }),
            static () => new ReplyFilter());
    }

    private static string Headers(int id, string block) => Frame(1, 5, id, block);

    private static string Frame(int type, int flags, int id, string payload)
    {
        return $"\0{(char)(payload.Length >> 8)}{(char)(payload.Length & 0xFF)}{(char)type}{(char)flags}\0\0{(char)(id >> 8)}{(char)(id & 0xFF)}{payload}";
    }

    private static List<string> Frames(Testing.TestPeer peer)
    {
        var frames = new List<string>();
        for (var rest = peer.Received.AsSpan(); !rest.IsEmpty; rest = rest[(9 + (rest[1] << 8) + rest[2])..])
        {
            var id = (rest[7] << 8) | rest[8];
            frames.Add(rest[3] switch
            {
                0 => $"Data {id}{((rest[4] & 1) != 0 ? " end" : "")}",
                1 => $"Headers {id}",
                3 => $"Reset {id}",
                7 => "GoAway",
                _ => "other",
            });
        }

        return frames;
    }

    // Answers as soon as the head is there.
    private sealed class RefusingFilter : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Callbacks.SendLocalReply(403, "no"u8, "refused");
            return HeadersStatus.StopIteration;
        }
    }
}
