using Proxy.Buffers;

namespace Proxy.Http.H2;

/// <summary>The request side of one exchange.</summary>
internal sealed class Http2ClientStream : HttpClientStream, IHttp2StreamOwner
{
    private readonly Http2ClientSession _session;
    private readonly HeaderMap _upgrade = new(); // the head of CONNECT with a protocol
    private State _state = State.Over;
    private bool _isHead;
    private bool _isTunnel; // CONNECT, with or without a protocol: each direction ends on its own

    public Http2ClientStream(Http2ClientSession session, BufferPool pool)
    {
        _session = session;
        Core = new Http2Stream(this, pool);
    }

    private enum State : byte
    {
        /// <summary>No head was sent.</summary>
        Begun,
        Sent,

        /// <summary>The handler has had its last call.</summary>
        Over,
    }

    /// <summary>The stream as HTTP/2 knows it.</summary>
    public Http2Stream Core { get; }

    /// <summary>Who takes the answer.</summary>
    public IClientStreamHandler Handler { get; private set; } = null!;

    /// <inheritdoc/>
    public override bool IsOver => _state == State.Over;

    private bool IsSending => _state == State.Sent && !Core.LocalEnding;

    /// <summary>An exchange begins.</summary>
    public void Begin(IClientStreamHandler handler)
    {
        Handler = handler;
        _state = State.Begun;
        _isHead = _isTunnel = EndsApart = false;
        _upgrade.Clear();
        WireBytesReceived = WireBytesSent = HeaderBytesReceived = HeaderBytesSent = 0;
        _session.TellWatermark(Core);
    }

    /// <inheritdoc/>
    public override void EncodeHeaders(HeaderMap headers, bool endStream)
    {
        if (_state != State.Begun)
        {
            return;
        }

        if (_session.IsSpent)
        {
            // The peer has said meanwhile that it will not look at it: it is as good as never begun.
            _session.Forget(this);
            End(StreamResetReason.RemoteRefusedStreamReset, "http2.remote_refuse");
            return;
        }

        var method = headers.Get(KnownHeader.Method);
        _isHead = method.SequenceEqual("HEAD"u8);
        _isTunnel = method.SequenceEqual("CONNECT"u8);
        if (_isTunnel || RequestHead.IsUpgrade(headers))
        {
            if (!_isTunnel && !_session.MayConnectWithProtocol)
            {
                _session.Forget(this);
                End(StreamResetReason.ProtocolError, "http2.connect_protocol_not_taken");
                return;
            }

            RequestHead.ToConnect(headers, _upgrade);
            headers = _upgrade;
            _isTunnel = true;
        }

        _state = State.Sent;
        _session.Number(this);
        HeaderBytesSent += headers.ByteSize;
        _session.SendHeaders(Core, headers, endStream);
    }

    /// <inheritdoc/>
    public override void EncodeData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (IsSending)
        {
            WireBytesSent += data.Length + Http2Frame.HeadBytes;
            _session.SendData(Core, data, endStream);
        }
    }

    /// <inheritdoc/>
    public override void EncodeTrailers(HeaderMap trailers)
    {
        if (IsSending)
        {
            _session.SendTrailers(Core, trailers);
        }
    }

    /// <inheritdoc/>
    public override void Reset(StreamResetReason reason)
    {
        switch (_state)
        {
            case State.Begun:
                _state = State.Over;
                _session.Forget(this);
                _session.Return(this);
                break;
            case State.Sent:
                _state = State.Over;
                _session.Finish(Core, Http2Error.Cancel);
                _session.Return(this);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void ReadDisable(bool disable)
    {
        if (_state == State.Sent)
        {
            _session.ReadDisable(Core, disable);
        }
    }

    /// <summary>False where a content-length says nothing about what follows.</summary>
    public bool MayHaveBody(int status) => !_isHead && !_isTunnel && status is not (204 or 304);

    /// <summary>An interim answer is in the map. Those that nobody knows are dropped.</summary>
    public void OnInformational(int status)
    {
        if (status is 100 or 102 or 103 or 104)
        {
            Handler.OnInformational();
        }
    }

    /// <summary>The head of the answer is in the map.</summary>
    public void OnHead(int status, bool endStream)
    {
        if (_isTunnel && status is < 200 or > 299)
        {
            _isTunnel = false; // refused: an answer as any other
        }
        else if (_upgrade.TryGet(KnownHeader.Protocol, out var protocol))
        {
            // RFC 8441 section 5: what HTTP/2 grants with 200, HTTP/1.1 grants with 101.
            var headers = Handler.ResponseHeaders;
            headers.Set(KnownHeader.Status, "101"u8);
            headers.Add(KnownHeader.Upgrade, protocol);
            headers.Add(KnownHeader.Connection, "upgrade"u8);
        }

        if (endStream)
        {
            EndAnswer();
            Handler.OnHeaders(endStream: true);
            Release();
        }
        else
        {
            Handler.OnHeaders(endStream: false);
        }
    }

    /// <summary>Trailers are in the map.</summary>
    public void OnTrailers()
    {
        EndAnswer();
        Handler.OnTrailers();
        Release();
    }

    void IHttp2StreamOwner.OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        WireBytesReceived += data.Length + Http2Frame.HeadBytes;
        if (endStream)
        {
            EndAnswer();
            Handler.OnData(data, endStream: true);
            Release();
        }
        else
        {
            Handler.OnData(data, endStream: false);
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
        if (_state == State.Sent)
        {
            _state = State.Over;
            _session.Finish(Core, null);
            End(reason, details);
        }
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
        // The other direction of a tunnel has ended, after the answer's.
        if (_state == State.Sent)
        {
            _state = State.Over;
            _session.OnStreamOver();
            _session.Return(this);
        }
    }

    // From here on the connection can take another exchange, which the handler may begin in its last call.
    private void EndAnswer()
    {
        if ((_isTunnel || EndsApart) && !Core.LocalEnded)
        {
            return;
        }

        _state = State.Over;
        _session.Finish(Core, Core.LocalEnded ? null : Http2Error.Cancel);
    }

    /// <summary>The exchange is over before its answer was complete.</summary>
    public void End(StreamResetReason reason, string details)
    {
        _state = State.Over;
        Handler.OnReset(reason, details);
        Release();
    }

    private void Release()
    {
        if (_state == State.Over)
        {
            _session.Return(this);
        }
    }
}
