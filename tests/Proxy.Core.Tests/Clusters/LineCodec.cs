using System.Text;
using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Core.Tests.Clusters;

/// <summary>A protocol for pools to be tested with: a request is <c>?</c>, an answer a line. <c>!</c> as the line says that the connection is not to be used again.</summary>
internal sealed class LineCodec(ICodecTransport transport) : HttpClientCodec
{
    private IClientStreamHandler? _active;
    private bool _shouldClose;
    private Stream? _stream;

    public static ClientCodecFactory Factory { get; } = static (_, _, transport, _) => new LineCodec(transport);

    public override HttpProtocol Protocol => HttpProtocol.Http11;

    public override bool ShouldClose => _shouldClose;

    public override int ActiveStreams => _active is null ? 0 : 1;

    public override HttpClientStream NewStream(IClientStreamHandler handler)
    {
        if (_active is not null || _shouldClose)
        {
            throw new InvalidOperationException("A pool gives a connection one request at a time, and none when it is to close.");
        }

        _active = handler;
        return _stream ??= new Stream(this);
    }

    public override int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        var end = data.IndexOf((byte)'\n');
        if (end < 0)
        {
            return 0;
        }

        _shouldClose = data[..end].SequenceEqual("!"u8);
        var handler = _active!;
        _active = null;
        handler.OnData(data[..end], endStream: true);
        if (end + 1 < data.Length && _active is null)
        {
            _shouldClose = true;
            transport.Close(CloseMode.Immediate, "http1.unexpected_data");
            return data.Length;
        }

        return end + 1;
    }

    public override void OnAboveHighWatermark()
    {
    }

    public override void OnBelowLowWatermark()
    {
    }

    public override void OnConnectionClosed(bool graceful, StreamResetReason reason)
    {
        var handler = _active;
        _active = null;
        handler?.OnReset(reason, "");
    }

    private sealed class Stream(LineCodec codec) : HttpClientStream
    {
        public override bool IsOver => codec._active is null;

        public override void EncodeHeaders(HeaderMap headers, bool endStream) => throw new NotSupportedException();

        public override void EncodeData(ReadOnlySpan<byte> data, bool endStream) => codec.Write(data);

        public override void EncodeTrailers(HeaderMap trailers) => throw new NotSupportedException();

        public override void Reset(StreamResetReason reason) => codec.GiveUp();

        public override void ReadDisable(bool disable) => codec.ReadDisable(disable);
    }

    private void Write(ReadOnlySpan<byte> data) => transport.Write(data);

    private void ReadDisable(bool disable) => transport.ReadDisable(disable);

    private void GiveUp()
    {
        _active = null;
        _shouldClose = true;
        transport.Close(CloseMode.Immediate, "http1.stream_reset");
    }

    /// <summary>One request and what became of it.</summary>
    internal sealed class Request : IClientStreamHandler, IHttpPoolCallbacks
    {
        public string Answer { get; private set; } = "";

        public bool Done { get; private set; }

        public StreamResetReason? ResetBy { get; private set; }

        public PoolFailure? Failure { get; private set; }

        public string Details { get; private set; } = "";

        public bool Reused { get; private set; }

        public HttpClientStream? Stream { get; private set; }

        public Host? Host { get; private set; }

        public PendingRequest? Ticket { get; set; }

        public Action? OnDone { get; init; }

        public Action? OnFailed { get; init; }

        public HeaderMap ResponseHeaders { get; } = new();

        public HeaderMap ResponseTrailers { get; } = new();

        public void OnPoolReady(HttpClientStream stream, Host host, Connection connection, HttpProtocol protocol, bool reused)
        {
            Stream = stream;
            Host = host;
            Reused = reused;
            stream.EncodeData("?"u8, endStream: true);
        }

        public void OnPoolFailure(PoolFailure failure, string details, Host host)
        {
            Failure = failure;
            Details = details;
            OnFailed?.Invoke();
        }

        public void OnInformational()
        {
        }

        public void OnHeaders(bool endStream)
        {
        }

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
            Answer = Encoding.Latin1.GetString(data);
            Done = true;
            OnDone?.Invoke();
        }

        public void OnTrailers()
        {
        }

        public void OnReset(StreamResetReason reason, string details)
        {
            ResetBy = reason;
            OnFailed?.Invoke();
        }

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }
    }
}
