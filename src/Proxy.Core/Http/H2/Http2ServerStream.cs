using Proxy.Buffers;

namespace Proxy.Http.H2;

/// <summary>The response side of one request.</summary>
internal sealed class Http2ServerStream : HttpServerStream, IHttp2StreamOwner
{
    private readonly Http2ServerSession _session;
    private readonly BufferPool _pool;
    private HeaderMap? _scratch;
    private ByteQueue? _early; // what came for a tunnel before it was granted
    private bool _earlyEnd;
    private bool _holdsTunnel;
    private bool _headSent;
    private bool _isUpgrade; // it was CONNECT with a protocol

    public Http2ServerStream(Http2ServerSession session, BufferPool pool)
    {
        _session = session;
        _pool = pool;
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
        _headSent = _isUpgrade = _holdsTunnel = _earlyEnd = false;
        WireBytesReceived = WireBytesSent = HeaderBytesReceived = HeaderBytesSent = 0;
    }

    /// <summary>True when it asks for a tunnel to a host.</summary>
    public bool IsConnect => Handler.RequestHeaders.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);

    /// <summary>Its head is complete.</summary>
    public void OnHead(HeaderMap headers, bool endStream)
    {
        _isUpgrade = headers.Contains(KnownHeader.Upgrade);
        if ((_isUpgrade || IsConnect) && !endStream)
        {
            _holdsTunnel = true;
            _session.ReadDisable(Core, disable: true);
        }
    }

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
        if (_holdsTunnel)
        {
            OpenTunnel();
        }
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
    public override bool IsFlushing => Core is { Id: not 0, LocalEnding: true, LocalEnded: false };

    /// <inheritdoc/>
    public override void GiveUpFlushing()
    {
        _session.Stats.Increment(Http2Stats.FlushTimeout);
        base.GiveUpFlushing();
    }

    /// <inheritdoc/>
    public override void ReadDisable(bool disable) => _session.ReadDisable(Core, disable);

    void IHttp2StreamOwner.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        WireBytesReceived += data.Length + Http2Frame.HeadBytes;
        if (_holdsTunnel)
        {
            HoldBack(data, endStream);
        }
        else
        {
            Handler.OnData(data, endStream);
        }
    }

    void IHttp2StreamOwner.OnBlockReceived(int bytes, int fieldBytes)
    {
        WireBytesReceived += bytes + Http2Frame.HeadBytes;
        HeaderBytesReceived += fieldBytes;
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
        _early?.Clear();
        _holdsTunnel = false;
        Handler.OnStreamClosed();
        _session.Return(this);
    }

    // Nobody knows yet whether these bytes are for a tunnel: sent on, they would be taken for the next request there.
    private void HoldBack(ReadOnlySpan<byte> data, bool endStream)
    {
        _early ??= new ByteQueue(_pool);
        _early.Append(data);
        _earlyEnd = endStream;
        if (_early.Length > _session.Options.StreamBufferBytes)
        {
            _session.Reset(Core, Http2Error.EnhanceYourCalm);
        }
    }

    private void OpenTunnel()
    {
        _holdsTunnel = false;
        var id = Core.Id;
        while (_early is { IsEmpty: false } early && Core.Id == id && id != 0)
        {
            var data = early.First;
            Handler.OnData(data, _earlyEnd && data.Length == early.Length);
            if (!early.IsEmpty)
            {
                early.Consume(data.Length);
            }
        }

        if (Core.Id == id && id != 0)
        {
            _session.ReadDisable(Core, disable: false);
        }
    }

    private void Send(HeaderMap headers, bool endStream)
    {
        HeaderBytesSent += headers.ByteSize;
        _session.SendHeaders(Core, headers, endStream);
    }
}
