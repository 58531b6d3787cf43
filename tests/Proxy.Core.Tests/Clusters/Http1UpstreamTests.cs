using System.Text;
using Proxy.Clusters;
using Proxy.Clusters.Pools;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

/// <summary>The pool together with the HTTP/1 codec: which answers leave a connection fit for the next request.</summary>
public sealed class Http1UpstreamTests : ClusterFixture
{
    private TestUpstream _upstream = null!;

    internal override ClientCodecFactory Codecs => UpstreamCodecs.Create;

    [SetUp]
    public void Start()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A));
    }

    [TestCase("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "200 ok.")]
    [TestCase("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "200 ok.")]
    [TestCase("HTTP/1.1 204 No Content\r\n\r\n", "204 .")]
    [TestCase("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "200 .")]
    public void Answer_SaysWhereItEnds_ConnectionIsReused(string answer, string seen)
    {
        var first = Ask();
        var peer = _upstream.Accept();

        peer.SendByteByByte(answer);
        var second = Ask();
        peer.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

        first.Seen.Should().Be(seen);
        second.Seen.Should().Be("200 .");
        second.Reused.Should().BeTrue();
        _upstream.Connections.Should().Be(1);
    }

    [TestCase("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")]
    [TestCase("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok")]
    [TestCase("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n")]
    public void Answer_EndsTheConnection_NextRequestGetsAnother(string answer)
    {
        var first = Ask();
        _upstream.Accept().Send(answer).ExpectEnd();

        Ask().Reused.Should().BeFalse();

        first.Seen.Should().Be("200 ok.");
        _upstream.Connections.Should().Be(2);
    }

    [Test]
    public void Answer_UntilTheConnectionCloses_IsComplete()
    {
        var request = Ask();

        _upstream.Accept().Send("HTTP/1.1 200 OK\r\n\r\nall of it").Close();

        request.Seen.Should().Be("200 all of it.");
        Stat("upstream_cx_active").Should().Be(0);
        Stat("upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Answer_BeforeTheRequestIsComplete_ConnectionIsNotUsedAgain()
    {
        var request = Ask(endStream: false);
        var peer = _upstream.Accept();

        peer.Send("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");

        request.Seen.Should().Be("413 .");
        peer.ExpectEnd();
        Ask().Reused.Should().BeFalse("what follows of the first request would be taken for the second");
    }

    [TestCase("hello world\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab")]
    public void Answer_IsNotHttp_RequestIsResetAndTheFaultCounted(string answer)
    {
        var request = Ask();

        _upstream.Accept().Send(answer).ExpectEnd();

        request.ResetBy.Should().Be(StreamResetReason.ProtocolError);
        Stat("upstream_cx_protocol_error").Should().Be(1);
        Stat("upstream_rq_active").Should().Be(0);
    }

    [TestCase("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")]
    public void Answer_IsCutShort_RequestIsReset(string answer)
    {
        var request = Ask();

        _upstream.Accept().Send(answer).Close();

        request.ResetBy.Should().NotBeNull();
    }

    [Test]
    public void ReusedConnection_DiesBeforeTheAnswer_TellsEnoughToTryAgain()
    {
        Ask();
        var peer = _upstream.Accept();
        peer.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

        var second = Ask();
        peer.Reset();

        second.Reused.Should().BeTrue();
        second.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        second.Stream!.WireBytesReceived.Should().Be(0);
    }

    [Test]
    public void Body_ReaderStops_UpstreamHasToWait()
    {
        var request = Ask();
        var peer = _upstream.Accept();
        peer.Send("HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n");
        Runtime.Run(Worker, () => request.Stream!.ReadDisable(true));

        peer.Send(new byte[3_000_000]);
        peer.Connection.PendingBytes.Should().BeGreaterThan(2_000_000);
        Runtime.Run(Worker, () => request.Stream!.ReadDisable(false));

        request.BodyBytes.Should().Be(3_000_000);
        Stat("upstream_flow_control_paused_reading_total").Should().Be(1);
        Stat("upstream_flow_control_resumed_reading_total").Should().Be(1);
    }

    [Test]
    public void Connect_ThatEndsWithItsHead_EndsTheConnectionWithoutAFaultOfAnyone()
    {
        var request = Ask(method: "CONNECT");

        _upstream.Accept().Expect("CONNECT app HTTP/1.1\r\nhost: app\r\n\r\n").ExpectEnd();
        request.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        Stat("upstream_cx_protocol_error").Should().Be(0);
        Stat("upstream_cx_destroy_local_with_active_rq").Should().Be(1);
        Ask().Reused.Should().BeFalse();
    }

    private Exchange Ask(bool endStream = true, string? method = null)
    {
        var exchange = new Exchange(endStream, method ?? (endStream ? "GET" : "POST"));
        Runtime.Run(Worker, () => Cluster.NewRequest(Cluster.ChooseHost(default)!, default, exchange, exchange));
        return exchange;
    }

    private sealed class Exchange(bool endStream, string method) : IClientStreamHandler, IHttpPoolCallbacks
    {
        private readonly StringBuilder _body = new();
        private string _status = "";
        private bool _over;

        public string Seen => $"{_status} {_body}{(_over ? "." : "")}";

        public int BodyBytes => _body.Length;

        public bool Reused { get; private set; }

        public StreamResetReason? ResetBy { get; private set; }

        public HttpClientStream? Stream { get; private set; }

        public HeaderMap ResponseHeaders { get; } = new();

        public HeaderMap ResponseTrailers { get; } = new();

        public void OnPoolReady(HttpClientStream stream, Host host, Connection connection, HttpProtocol protocol, bool reused)
        {
            Stream = stream;
            Reused = reused;
            var head = new HeaderMap();
            head.Add(":method"u8, Encoding.ASCII.GetBytes(method));
            head.Add(":path"u8, "/"u8);
            head.Add(":authority"u8, "app"u8);
            stream.EncodeHeaders(head, endStream);
        }

        public void OnPoolFailure(PoolFailure failure, string details, Host host) => throw new InvalidOperationException(details);

        public void OnInformational()
        {
        }

        public void OnHeaders(bool endStream)
        {
            ResponseHeaders.TryGet(":status"u8, out var status);
            _status = Encoding.Latin1.GetString(status);
            _over = endStream;
        }

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
            _body.Append(Encoding.Latin1.GetString(data));
            _over = endStream;
        }

        public void OnTrailers() => _over = true;

        public void OnReset(StreamResetReason reason, string details) => ResetBy = reason;

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }
    }
}
