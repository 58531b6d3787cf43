using Proxy.Connections;

namespace Proxy.Http.H1;

/// <summary>HTTP/1.0 and 1.1 towards a client (RFC 9112): one request at a time, the next one when the answer to it has been sent.</summary>
/// <remarks>
/// Requests that a client sends ahead are left unread, and reading pauses, until their turn comes. After a fault, after an answer that came before its
/// request was complete, and after <c>connection: close</c>, everything the client sends is dropped.
/// </remarks>
internal sealed partial class Http1ServerCodec : HttpServerCodec
{
    private readonly ICodecTransport _transport;
    private readonly IServerCodecHandler _owner;
    private readonly Http1ServerOptions _options;
    private readonly Http1ServerStream _stream;

    private IServerStreamHandler? _active;
    private State _state;
    private int _readDisables; // by the stream, given back when it ends
    private bool _readPaused; // by this codec, because of requests sent ahead
    private bool _draining;
    private bool _shouldClose;
    private bool _aboveHighWatermark;

    /// <summary>Creates the codec of a new connection.</summary>
    public Http1ServerCodec(ICodecTransport transport, IServerCodecHandler owner, Http1ServerOptions options)
    {
        _transport = transport;
        _owner = owner;
        _options = options;
        _stream = new Http1ServerStream(this);
    }

    private enum State : byte
    {
        /// <summary>Between requests.</summary>
        Idle,
        RequestLine,
        Fields,

        /// <summary>An upgrade or CONNECT was asked for; what follows waits, unread, until it is granted.</summary>
        TunnelRequested,
        Body,
        Trailers,

        /// <summary>The upgrade or CONNECT was granted, and the client has not ended its direction.</summary>
        Tunnel,

        /// <summary>The request is complete, the response is not.</summary>
        Responding,

        /// <summary>Nothing counts any more.</summary>
        Discard,
    }

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http11;

    /// <inheritdoc/>
    public override bool ShouldClose => _shouldClose || (_draining && _active is null);

    /// <summary>Version of the request at hand.</summary>
    public HttpProtocol RequestProtocol { get; private set; } = HttpProtocol.Http11;

    /// <inheritdoc/>
    public override int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = 0;
        while (used < data.Length && Step(data[used..], ref used))
        {
        }

        if (endOfStream)
        {
            OnEnd();
        }

        return used;
    }

    /// <inheritdoc/>
    public override void StartDrain() => _draining = true;

    /// <inheritdoc/>
    public override void OnAboveHighWatermark()
    {
        _aboveHighWatermark = true;
        _active?.OnAboveHighWatermark();
    }

    /// <inheritdoc/>
    public override void OnBelowLowWatermark()
    {
        _aboveHighWatermark = false;
        _active?.OnBelowLowWatermark();
    }

    /// <inheritdoc/>
    public override void OnConnectionClosed() => Abandon(StreamResetReason.ConnectionTermination);

    /// <summary>Gives up on the stream: the connection closes behind what was sent.</summary>
    internal void ResetStream()
    {
        if (_active is null)
        {
            return;
        }

        _shouldClose = true;
        _transport.Close(CloseMode.Flush, "http1.stream_reset");
        EndStream();
    }

    /// <summary>Stops or resumes the bytes of the request.</summary>
    internal void ReadDisable(bool disable)
    {
        if (_active is not null)
        {
            _readDisables += disable ? 1 : -1;
            _transport.ReadDisable(disable);
        }
    }

    // Returns false when it needs more bytes, or wants no more now.
    private bool Step(ReadOnlySpan<byte> data, ref int used)
    {
        switch (_state)
        {
            case State.Idle:
                return BeginRequest(data, ref used);
            case State.RequestLine:
                return ReadRequestLine(data, ref used);
            case State.Fields:
                return ReadFields(data, ref used);
            case State.Body:
            case State.Tunnel:
                return ReadBody(data, ref used);
            case State.Trailers:
                return ReadTrailers(data, ref used);
            case State.Responding:
            case State.TunnelRequested:
                PauseReading();
                return false;
            default:
                used += data.Length;
                return false;
        }
    }

    private void PauseReading()
    {
        if (!_readPaused)
        {
            _readPaused = true;
            _transport.ReadDisable(true);
        }
    }

    private void ResumeReading()
    {
        if (_readPaused)
        {
            _readPaused = false;
            _transport.ReadDisable(false);
        }
    }

    // The peer has half-closed: only a tunnel can go on.
    private void OnEnd()
    {
        if (_active is null)
        {
            return;
        }

        if (_state == State.Tunnel)
        {
            _state = State.Responding;
            _active.OnData(default, endStream: true);
            if (_answerEnded)
            {
                EndStream();
            }
        }
        else if (_state != State.Responding)
        {
            Abandon(StreamResetReason.ConnectionTermination);
        }
    }

    private void Abandon(StreamResetReason reason)
    {
        _shouldClose = true;
        if (_active is { } handler)
        {
            _state = State.Discard;
            handler.OnReset(reason);
            EndStream();
        }
    }

    private void Fail(Http1Fault fault)
    {
        _state = State.Discard;
        _closeAfter = true;
        _shouldClose = true;
        var handler = _active!;
        handler.OnCodecError(Http1Faults.ErrorOf(fault));
        if (ReferenceEquals(_active, handler) && _responseStarted)
        {
            _transport.Close(CloseMode.FlushAndDelay, Http1Faults.DetailsOf(fault));
            Abandon(StreamResetReason.ProtocolError);
        }
    }

    // Response and request are done with; the next request may begin.
    private void EndStream()
    {
        var handler = _active;
        if (handler is null)
        {
            return;
        }

        _active = null;
        _shouldClose |= _closeAfter || _isTunnel || _state != State.Responding;
        _state = _shouldClose ? State.Discard : State.Idle;
        for (; _readDisables > 0; _readDisables--)
        {
            _transport.ReadDisable(false);
        }

        ResumeReading();
        handler.OnStreamClosed();
    }
}
