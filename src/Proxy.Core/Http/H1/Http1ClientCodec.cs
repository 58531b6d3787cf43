using Proxy.Connections;

namespace Proxy.Http.H1;

/// <summary>HTTP/1.1 towards an upstream (RFC 9112): one exchange at a time.</summary>
/// <remarks>
/// A connection is given up (<see cref="ShouldClose"/>) whenever the two ends could disagree about where the next answer begins: after a malformed
/// message, bytes that nobody asked for, an answer in front of the end of its request, an answer of HTTP/1.0, one that ends with the connection. That is
/// known before the last event of the answer, so a handler may begin the next exchange from inside it.
/// </remarks>
internal sealed partial class Http1ClientCodec : HttpClientCodec
{
    private readonly ICodecTransport _transport;
    private readonly Http1ClientOptions _options;
    private readonly Http1ClientStream _stream;

    private IClientStreamHandler? _active;
    private State _state;
    private int _readDisables; // by the stream, given back when it ends
    private bool _shouldClose;
    private bool _requestComplete = true;
    private bool _aboveHighWatermark;
    private bool _tunnel;
    private bool _answerEnded; // a tunnel's direction from the upstream, while the other one goes on

    /// <summary>Creates the codec of a new connection.</summary>
    public Http1ClientCodec(ICodecTransport transport, Http1ClientOptions options)
    {
        _transport = transport;
        _options = options;
        _stream = new Http1ClientStream(this);
    }

    private enum State : byte
    {
        /// <summary>Nothing was asked.</summary>
        Idle,

        /// <summary>In front of an answer.</summary>
        Begin,
        StatusLine,
        Fields,
        Body,
        Trailers,

        /// <summary>Nothing counts any more.</summary>
        Discard,
    }

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http11;

    /// <inheritdoc/>
    public override bool ShouldClose => _shouldClose;

    /// <inheritdoc/>
    public override int ActiveStreams => _active is null ? 0 : 1;

    /// <inheritdoc/>
    public override HttpClientStream NewStream(IClientStreamHandler handler)
    {
        if (_active is not null || _shouldClose)
        {
            throw new InvalidOperationException("The connection cannot take a request now.");
        }

        _active = handler;
        _state = State.Begin;
        _requestComplete = false;
        _requestStarted = _tunnel = _answerEnded = _endedWithHead = false;
        _stream.Restart();
        if (_aboveHighWatermark)
        {
            handler.OnAboveHighWatermark();
        }

        return _stream;
    }

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
    public override void OnConnectionClosed(bool graceful, StreamResetReason reason)
    {
        _shouldClose = true;
        if (_active is null)
        {
            return;
        }

        if (_answerEnded)
        {
            TakeHandler().OnReset(reason, "");
        }
        else if (_state == State.Body && _body.Kind == BodyKind.UntilClose)
        {
            TakeHandler().OnData(default, endStream: true);
        }
        else if (_state == State.Begin)
        {
            TakeHandler().OnReset(reason, "");
        }
        else
        {
            TakeHandler().OnReset(StreamResetReason.ProtocolError, Http1Faults.DetailsOf(Http1Fault.Malformed));
        }
    }

    /// <summary>Gives up on the exchange; the connection with it.</summary>
    internal void ResetStream()
    {
        if (_active is null && _requestComplete)
        {
            return;
        }

        _shouldClose = true;
        _requestComplete = true;
        if (_active is not null)
        {
            TakeHandler();
        }

        _transport.Close(CloseMode.Immediate, "http1.stream_reset");
    }

    /// <summary>Stops or resumes the bytes of the answer.</summary>
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
            case State.Begin:
                return BeginResponse(data[0]);
            case State.StatusLine:
                return ReadStatusLine(data, ref used);
            case State.Fields:
                return ReadFields(data, ref used);
            case State.Body:
                return ReadBody(data, ref used);
            case State.Trailers:
                return ReadTrailers(data, ref used);
            case State.Idle:
                RefuseUnasked();
                return true;
            default:
                used += data.Length;
                return false;
        }
    }

    // The upstream has half-closed: a tunnel goes on in the other direction.
    private void OnEnd()
    {
        if (!_tunnel || _requestComplete || _active is null)
        {
            OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination);
        }
        else if (!_answerEnded)
        {
            _answerEnded = true;
            _active.OnData(default, endStream: true);
        }
    }

    private void RefuseUnasked()
    {
        _state = State.Discard;
        if (!_shouldClose)
        {
            _shouldClose = true;
            _transport.Close(CloseMode.Immediate, "http1.unexpected_data");
        }
    }

    private void Fail(Http1Fault fault)
    {
        _shouldClose = true;
        var details = Http1Faults.DetailsOf(fault);
        TakeHandler().OnReset(StreamResetReason.ProtocolError, details);
        _transport.Close(CloseMode.Immediate, details);
    }

    // The exchange is over: its last event goes to the returned handler, which may begin the next one.
    private IClientStreamHandler TakeHandler()
    {
        var handler = _active!;
        _active = null;
        _shouldClose |= !_requestComplete;
        _state = _shouldClose ? State.Discard : State.Idle;
        for (; _readDisables > 0; _readDisables--)
        {
            _transport.ReadDisable(false);
        }

        return handler;
    }
}
