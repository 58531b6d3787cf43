using Proxy.Buffers;

namespace Proxy.Http.H2;

/// <summary>The response side of one request.</summary>
internal sealed class Http2ServerStream : HttpServerStream, IHttp2StreamOwner
{
    private readonly Http2ServerSession _session;
    private HeaderMap? _scratch;
    private bool _headSent;
    private bool _isUpgrade; // it was CONNECT with a protocol

    public Http2ServerStream(Http2ServerSession session, BufferPool pool)
    {
        _session = session;
        Core = new Http2Stream(this, pool);
    }

    /// <summary>The stream as HTTP/2 knows it.</summary>
    public Http2Stream Core { get; }

    /// <summary>Who serves the request.</summary>
    public IServerStreamHandler Handler { get; private set; } = null!;

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http2;

    private bool IsOpen => Core.Id != 0 && !Core.LocalEnding;

    /// <summary>A request begins.</summary>
    public void Begin(IServerStreamHandler handler)
    {
        Handler = handler;
        _headSent = _isUpgrade = false;
        WireBytesReceived = WireBytesSent = HeaderBytesReceived = HeaderBytesSent = 0;
    }

    /// <summary>Its head is complete.</summary>
    public void OnHead(HeaderMap headers) => _isUpgrade = headers.Contains(KnownHeader.Upgrade);

    /// <summary>Counts bytes of the request.</summary>
    public void CountReceived(int bytes) => WireBytesReceived += bytes + Http2Frame.HeadBytes;

    /// <summary>Counts fields of the request.</summary>
    public void CountFields(int bytes) => HeaderBytesReceived += bytes;

    /// <inheritdoc/>
    public override void EncodeInformational(HeaderMap headers)
    {
        if (IsOpen && !_headSent)
        {
            Send(headers, endStream: false);
        }
    }

    /// <inheritdoc/>
    public override void EncodeHeaders(HeaderMap headers, bool endStream)
    {
        if (!IsOpen || _headSent)
        {
            return;
        }

        _headSent = true;
        if (_isUpgrade && headers.Get(KnownHeader.Status).SequenceEqual("101"u8))
        {
            // RFC 8441 section 5: what HTTP/1.1 grants with 101, HTTP/2 grants with 200.
            _scratch ??= new HeaderMap();
            _scratch.CopyFrom(headers);
            _scratch.Set(KnownHeader.Status, "200"u8);
            headers = _scratch;
        }

        Send(headers, endStream);
    }

    /// <inheritdoc/>
    public override void EncodeData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (IsOpen && _headSent)
        {
            WireBytesSent += data.Length + Http2Frame.HeadBytes;
            _session.SendData(Core, data, endStream);
        }
    }

    /// <inheritdoc/>
    public override void EncodeTrailers(HeaderMap trailers)
    {
        if (IsOpen && _headSent)
        {
            _session.SendTrailers(Core, trailers);
        }
    }

    /// <inheritdoc/>
    public override void Reset(StreamResetReason reason)
    {
        _session.Reset(Core, reason == StreamResetReason.LocalRefusedStreamReset ? Http2Error.RefusedStream : Http2Error.Internal);
    }

    /// <inheritdoc/>
    public override void ReadDisable(bool disable) => _session.ReadDisable(Core, disable);

    void IHttp2StreamOwner.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        WireBytesReceived += data.Length + Http2Frame.HeadBytes;
        Handler.OnData(data, endStream);
    }

    void IHttp2StreamOwner.OnBlockSent(int bytes) => WireBytesSent += bytes + Http2Frame.HeadBytes;

    void IHttp2StreamOwner.OnReset(StreamResetReason reason, string details)
    {
        if (reason == StreamResetReason.ProtocolError)
        {
            Handler.OnStreamFault(details);
        }

        Handler.OnReset(reason);
    }

    void IHttp2StreamOwner.OnWatermark(bool above)
    {
        if (above)
        {
            Handler.OnAboveHighWatermark();
        }
        else
        {
            Handler.OnBelowLowWatermark();
        }
    }

    void IHttp2StreamOwner.OnClosed()
    {
        var handler = Handler;
        handler.OnStreamClosed();
        _session.Return(this);
    }

    private void Send(HeaderMap headers, bool endStream)
    {
        HeaderBytesSent += headers.ByteSize;
        _session.SendHeaders(Core, headers, endStream);
    }
}
