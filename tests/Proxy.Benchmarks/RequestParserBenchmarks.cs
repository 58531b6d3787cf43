using BenchmarkDotNet.Attributes;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Benchmarks;

/// <summary>A request from its bytes to the header map, and an answer without a body back to bytes.</summary>
public class RequestParserBenchmarks
{
    private readonly Server _server = new();

    /// <summary>One header.</summary>
    [Benchmark(Baseline = true)]
    public int SmallRequest() => _server.Serve(BenchmarkData.SmallRequest);

    /// <summary>Thirteen headers.</summary>
    [Benchmark]
    public int BrowserRequest() => _server.Serve(BenchmarkData.BrowserRequest);

    private sealed class Server : IServerCodecHandler, IServerStreamHandler, ICodecTransport
    {
        private readonly Http1ServerCodec _codec;
        private readonly HeaderMap _response = new();
        private HttpServerStream? _stream;
        private int _written;

        public Server()
        {
            _codec = new Http1ServerCodec(this, this, Http1ServerOptions.Default);
            _response.Add(KnownHeader.Status, "204"u8);
        }

        public HeaderMap RequestHeaders { get; } = new();

        public HeaderMap RequestTrailers { get; } = new();

        public int Serve(byte[] request)
        {
            _written = 0;
            var used = _codec.Dispatch(request, endOfStream: false);
            return used + _written;
        }

        public IServerStreamHandler OnNewStream(HttpServerStream stream)
        {
            _stream = stream;
            RequestHeaders.Clear();
            return this;
        }

        public void OnHeaders(bool endStream) => _stream!.EncodeHeaders(_response, endStream: true);

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
        }

        public void OnTrailers()
        {
        }

        public void OnCodecError(HttpCodecError error) => throw new InvalidOperationException(error.ToString());

        public void OnReset(StreamResetReason reason) => throw new InvalidOperationException(reason.ToString());

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }

        public void OnStreamClosed()
        {
        }

        public void Write(ReadOnlySpan<byte> data) => _written += data.Length;

        public void BeginTunnel()
        {
        }

        public void EndWrite()
        {
        }

        public void ReadDisable(bool disable)
        {
        }

        public void Close(CloseMode mode, string details) => throw new InvalidOperationException(details);
    }
}
