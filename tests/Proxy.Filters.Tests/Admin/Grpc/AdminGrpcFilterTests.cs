using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Filters.Admin;
using Proxy.Filters.Admin.Grpc;
using Proxy.Filters.Tests.HttpConnectionManager;
using Proxy.Http;
using Proxy.Http.H2.Hpack;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Admin.Grpc;

/// <summary>gRPC calls to the admin interface, frame by frame.</summary>
[TestFixture]
public sealed class AdminGrpcFilterTests : ManagerFixture
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    private const int Largest = 100;

    private readonly List<string> _asked = [];
    private ConfigList<StringMatcherConfig> _allowed = [];
    private readonly Dictionary<TestPeer, HpackDecoder> _decoders = [];
    private int _answerLength;

    [Test]
    public void Unary_IsAnsweredWhenTheRequestHasEnded()
    {
        var peer = Call("/s/One");
        peer.Send(Data(Message("a")));
        Answer(peer).Should().BeEmpty();
        peer.Send(Data("", end: true));

        Answer(peer).Should().Equal(":status: 200", "content-type: application/grpc", "message A", "grpc-status: 0", "end");
    }

    [Test]
    public void Unary_InPieces_IsAnswered()
    {
        var whole = Message("hello");
        for (var at = 1; at < whole.Length; at++)
        {
            var peer = Call("/s/One");
            peer.Send(Data(whole[..at]) + Data(whole[at..], end: true));
            Answer(peer).Should().Contain("message HELLO");
        }
    }

    [Test]
    public void Unary_TrailersEndTheRequest()
    {
        var peer = Call("/s/One");
        peer.Send(Data(Message("a")) + Frame(1, 5, 1, "\0\u0001a\u0001b"));

        Answer(peer).Should().ContainInOrder("message A", "grpc-status: 0");
    }

    [TestCase("", 13, "no message")]
    [TestCase("\0\0\0\0\u0001a\0\0\0\0\u0001b", 13, "more than one message")]
    [TestCase("\0\0\0\0\u0002a", 13, "the last message is not complete")]
    [TestCase("\u0001\0\0\0\u0001a", 12, "compressed messages are not supported")]
    [TestCase("\0\0\0\0\u0065a", 8, "a message of 101 bytes is larger than 100")]
    [TestCase("\0\u00ff\u00ff\u00ff\u00ff", 8, "a message of 4294967295 bytes is larger than 100")]
    public void Unary_ThatIsNone_IsRefusedWithoutAnAnswer(string body, int status, string details)
    {
        var peer = Call("/s/One");
        peer.Send(Data(body, end: true));

        Answer(peer).Should().Equal(":status: 200", "content-type: application/grpc", $"grpc-status: {status}", $"grpc-message: {details}", "end");
        _asked.Should().BeEmpty();
    }

    [Test]
    public void Unary_HeadersEndTheRequest_IsRefused()
    {
        Start();
        var peer = Connect().Send(Preface + Head("/s/One", end: true));
        Runtime.RunUntilIdle();

        Answer(peer).Should().Contain("grpc-status: 13");
    }

    [TestCase("/s/Other")]
    [TestCase("/other/One")]
    [TestCase("/ready")]
    public void UnknownMethod_IsUnimplemented(string path)
    {
        Answer(Call(path)).Should().Equal(":status: 200", "content-type: application/grpc", "grpc-status: 12", $"grpc-message: unknown method {path}", "end");
    }

    [Test]
    public void Method_WhosePathIsNotAllowed_IsLeftToPlainHttp()
    {
        _allowed = [new StringMatcherConfig(StringMatchKind.Exact, "/s/Many")];

        var peer = Call("/s/One");
        peer.Send(Data(Message("a"), end: true));

        Runtime.RunUntilIdle();
        Answer(peer).Should().NotContain(static line => line.StartsWith("grpc-status", StringComparison.Ordinal));
        _asked.Should().BeEmpty();
    }

    [Test]
    public void Stream_EveryMessageIsAnsweredAsItComes()
    {
        var peer = Call("/s/Many");
        peer.Send(Data(Message("a")));
        Answer(peer).Should().Equal(":status: 200", "content-type: application/grpc", "message A");
        peer.Send(Data(Message("b") + Message("c")));
        Answer(peer).Should().Equal("message B", "message C");
        peer.Send(Data("", end: true));
        Answer(peer).Should().Equal("grpc-status: 0", "end");
    }

    [Test]
    public void Stream_MessageIsRefused_EndsWithItsStatus()
    {
        var peer = Call("/s/Many");
        peer.Send(Data(Message("a") + Message("bad") + Message("c")));

        Answer(peer).Should().Equal(":status: 200", "content-type: application/grpc", "message A", "grpc-status: 3", "grpc-message: 100%25 bad", "end");
        _asked.Should().Equal("a", "bad");
    }

    [Test]
    public void Stream_WithoutMessages_EndsWell()
    {
        var peer = Call("/s/Many");
        peer.Send(Data("", end: true));

        Answer(peer).Should().Contain("grpc-status: 0");
    }

    [Test]
    public void Stream_ClientDoesNotRead_IsNotAnsweredOn()
    {
        _answerLength = 1_200_000; // more than may wait for the window of a stream
        Start();
        var peer = Connect().Send(Preface + Head("/s/Many") + Data(Message("a") + Message("b")));
        Runtime.RunUntilIdle();
        _asked.Should().Equal("a");

        peer.Send(Frame(8, 0, 1, "\0\u0020\0\0") + Frame(8, 0, 0, "\0\u0020\0\0"));
        Runtime.RunUntilIdle();
        _asked.Should().Equal("a", "b");
    }

    [Test]
    public void OtherRequests_PassOn()
    {
        Start();
        var peer = Connect().Send("POST /s/One HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc\r\ncontent-length: 1\r\n\r\nx");
        Runtime.RunUntilIdle();
        peer.Text.Should().StartWith("HTTP/1.1 200 OK");

        peer = Connect().Send(Preface + Frame(1, 4, 1, "\x83\x86\x84\x41\x01" + "a") + Data("x", end: true));
        Runtime.RunUntilIdle();
        Answer(peer).Should().Contain(":status: 200").And.NotContain(static line => line.StartsWith("grpc-status", StringComparison.Ordinal));
        _asked.Should().BeEmpty();
    }

    private void Start()
    {
        GrpcMethod[] methods = [new("/s/One", IsStream: false, Largest, Handle), new("/s/Many", IsStream: true, Largest, Handle)];
        var byPath = methods.ToDictionary(static method => method.Path, StringComparer.Ordinal);
        Listen(Config(), () => new AdminGrpcFilter(byPath, AllowedPaths.Compile(_allowed)), static () => new ReplyFilter());
    }

    private GrpcAnswer Handle(ReadOnlyMemory<byte> message)
    {
        var text = Encoding.Latin1.GetString(message.Span);
        _asked.Add(text);
        return text == "bad" ? GrpcAnswer.Fault(GrpcCode.InvalidArgument, "100% bad") : GrpcAnswer.Ok(Encoding.Latin1.GetBytes(text.ToUpperInvariant().PadRight(_answerLength)));
    }

    private TestPeer Call(string path)
    {
        if (Accepted.Count == 0)
        {
            Start();
        }

        var peer = Connect().Send(Preface + Head(path));
        Runtime.RunUntilIdle();
        return peer;
    }

    private static string Head(string path, bool end = false) =>
        Frame(1, end ? 5 : 4, 1, $"\x83\x86\u0004{(char)path.Length}{path}\u0041\u0001a\u000f\u0010\u0010application/grpc");

    private static string Message(string text) => $"\0\0\0\0{(char)text.Length}{text}";

    private static string Data(string body, bool end = false) => Frame(0, end ? 1 : 0, 1, body);

    private static string Frame(int type, int flags, int id, string payload) =>
        $"\0{(char)(payload.Length >> 8)}{(char)(payload.Length & 0xFF)}{(char)type}{(char)flags}\0\0{(char)(id >> 8)}{(char)(id & 0xFF)}{payload}";

    // What has come since the last time.
    private List<string> Answer(TestPeer peer)
    {
        Runtime.RunUntilIdle();
        _decoders.TryAdd(peer, new HpackDecoder());
        var log = new Log();
        var received = peer.Received;
        peer.Take();
        for (var rest = received.AsSpan(); !rest.IsEmpty; rest = rest[(9 + (rest[1] << 8) + rest[2])..])
        {
            var payload = rest.Slice(9, (rest[1] << 8) + rest[2]);
            switch (rest[3])
            {
                case 0 when payload.Length >= 5:
                    log.Lines.Add("message " + Encoding.Latin1.GetString(payload[5..]));
                    break;
                case 1:
                    _decoders[peer].TryDecode(payload, log).Should().BeTrue();
                    break;
            }

            if (rest[3] is 0 or 1 && (rest[4] & 1) != 0)
            {
                log.Lines.Add("end");
            }
        }

        return log.Lines;
    }

    private sealed class Log : IFieldSink
    {
        public List<string> Lines { get; } = [];

        public void OnField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (!name.SequenceEqual("server"u8) && !name.SequenceEqual("date"u8))
            {
                Lines.Add($"{Encoding.Latin1.GetString(name)}: {Encoding.Latin1.GetString(value)}");
            }
        }
    }
}
