using System.Text;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>Steady state allocates nothing, whatever is in a message.</summary>
public sealed class Http1AllocationTests
{
    private static readonly byte[] Post = Encoding.Latin1.GetBytes(
        "POST /p?q HTTP/1.1\r\nHost: a.test\r\nUser-Agent: x\r\nX-Unknown: y\r\nConnection: x-drop, te\r\nX-Drop: 1\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n0\r\nx-t: v\r\n\r\n");

    private static readonly byte[] Answer = Encoding.Latin1.GetBytes(
        "HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: v\r\n\r\n");

    [Test]
    public void Server_RequestAndResponse_AllocateNothing()
    {
        var server = new QuietServer();

        Measure(server.Exchange).Should().Be(0);
    }

    [Test]
    public void Client_RequestAndAnswer_AllocateNothing()
    {
        var client = new QuietClient();

        Measure(client.Exchange).Should().Be(0);
    }

    private static long Measure(Action exchange)
    {
        for (var i = 0; i < 50; i++)
        {
            exchange();
        }

        // The runtime compiles in between: what counts is the least of several rounds.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            exchange();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed class Sink : ICodecTransport
    {
        public void Write(ReadOnlySpan<byte> data)
        {
        }

        public void BeginTunnel()
        {
        }

        public void EndWrite()
        {
        }

        public void ReadDisable(bool disable)
        {
        }

        public void Close(CloseMode mode, string details)
        {
        }
    }

    private sealed class QuietServer : IServerCodecHandler, IServerStreamHandler
    {
        private readonly HeaderMap _response = Text.Map((":status", "200"), ("server", "envoy"), ("x-unknown", "y"));
        private readonly Http1ServerCodec _codec;
        private HttpServerStream _stream = null!;

        public QuietServer()
        {
            _codec = new Http1ServerCodec(new Sink(), this, new Http1ServerOptions { EnableTrailers = true });
        }

        public HeaderMap RequestHeaders { get; } = new();

        public HeaderMap RequestTrailers { get; } = new();

        public void Exchange()
        {
            if (_codec.Dispatch(Post, endOfStream: false) != Post.Length || _codec.ShouldClose)
            {
                Assert.Fail();
            }
        }

        public IServerStreamHandler OnNewStream(HttpServerStream stream)
        {
            _stream = stream;
            return this;
        }

        public void OnHeaders(bool endStream)
        {
        }

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
        }

        public void OnTrailers()
        {
            _stream.EncodeHeaders(_response, endStream: false);
            _stream.EncodeData("hello"u8, endStream: false);
            _stream.EncodeTrailers(RequestTrailers);
        }

        public void OnCodecError(HttpCodecError error) => Assert.Fail(error.Details);

        public void OnReset(StreamResetReason reason) => Assert.Fail();

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }

        public void OnStreamClosed()
        {
        }
    }

    private sealed class QuietClient : IClientStreamHandler
    {
        private readonly HeaderMap _request = Text.Map((":method", "POST"), (":path", "/p"), (":authority", "a"), ("x-a", "1"));
        private readonly Http1ClientCodec _codec = new(new Sink(), new Http1ClientOptions { EnableTrailers = true });

        public HeaderMap ResponseHeaders { get; } = new();

        public HeaderMap ResponseTrailers { get; } = new();

        public void Exchange()
        {
            var stream = _codec.NewStream(this);
            stream.EncodeHeaders(_request, endStream: false);
            stream.EncodeData("hello"u8, endStream: true);
            if (_codec.Dispatch(Answer, endOfStream: false) != Answer.Length || _codec.ShouldClose)
            {
                Assert.Fail();
            }
        }

        public void OnInformational()
        {
        }

        public void OnHeaders(bool endStream)
        {
        }

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
        }

        public void OnTrailers()
        {
        }

        public void OnReset(StreamResetReason reason, string details) => Assert.Fail(details);

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }
    }
}
