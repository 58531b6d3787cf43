using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>TLS over another connection, whatever its transport is. On the outside it is a connection like any other, of plain text.</summary>
/// <remarks>
/// An accepted one is open at once: what is written to it waits for the handshake. An outgoing one is open when the handshake is done.
/// The inner connection belongs to it and has a small send queue of its own; all that exceeds it waits, unencrypted, in the outer one.
/// </remarks>
internal sealed partial class TlsConnection : Connection, IConnectionHandler
{
    private const int InnerBufferLimit = 64 * 1024;
    private const int MaxRecord = 16 * 1024;
    private const int MaxBurst = 4 * MaxRecord;

    private readonly Connection _inner;
    private readonly TlsSession _session;
    private readonly ITlsObserver _observer;
    private readonly TlsOutput _output;
    private WorkerTimer? _handshakeTimer;
    private bool _started;
    private bool _secured;
    private bool _innerPaused;
    private bool _receiving;
    private bool _receiveQueued;
    private bool _innerClosed;

    public TlsConnection(Connection inner, TlsSession session, ITlsObserver observer, ConnectionState state)
        : base(inner.Worker, inner.Info, state, inner.Id)
    {
        _inner = inner;
        _session = session;
        _observer = observer;
        _output = TlsOutput.Of(Worker);
        BufferLimit = inner.BufferLimit;
        DetectEarlyClose = inner.DetectEarlyClose;
        inner.BufferLimit = InnerBufferLimit;
        inner.HalfCloseEnabled = true;
    }

    /// <summary>Outgoing connections: sends what goes in front of the handshake; null for nothing.</summary>
    public Action<Connection>? Prologue { get; init; }

    /// <summary>Bounds the time for the handshake of an accepted connection, in ms; 0 does not.</summary>
    public void LimitHandshake(long milliseconds)
    {
        if (milliseconds > 0)
        {
            _handshakeTimer = Worker.CreateTimer(static self => ((TlsConnection)self!).OnHandshakeTimeout(), this);
            _handshakeTimer.Arm(milliseconds);
        }
    }

    /// <summary>Accepted connections: does the first step of the handshake soon, whether the peer sends or not.</summary>
    public void BeginWithoutInput() => Worker.Post(static self => ((TlsConnection)self!).ReceiveKept(), this);

    /// <summary>Bounds the time for an outgoing connection to come up, handshake included.</summary>
    public void LimitConnect(long milliseconds) => ArmConnectTimeout(milliseconds);

    void IConnectionHandler.OnConnected(Connection connection)
    {
        Prologue?.Invoke(connection);
        Receive(default);
    }

    int IConnectionHandler.OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = Receive(data);
        if (endOfStream && used == data.Length && State != ConnectionState.Closed && !ReadEnded)
        {
            OnPeerEnded();
        }

        return State == ConnectionState.Closed ? data.Length : used;
    }

    void IConnectionHandler.OnAboveHighWatermark(Connection connection)
    {
    }

    void IConnectionHandler.OnBelowLowWatermark(Connection connection) => OnTransportWritable();

    void IConnectionHandler.OnClosed(Connection connection, CloseReason reason)
    {
        _innerClosed = true;
        if (State != ConnectionState.Closed)
        {
            OnTransportFailed(reason);
        }
    }

    protected override void OnStarted()
    {
        if (!_started)
        {
            _started = true;
            _inner.Start(this);
        }
    }

    // The handshake goes on whether the owner wants to read or not.
    protected override void OnReadInterestChanged(bool wanted)
    {
        var pause = _secured && !wanted && !ReadEnded;
        if (pause != _innerPaused)
        {
            _innerPaused = pause;
            _inner.DetectEarlyClose = DetectEarlyClose;
            _inner.HalfCloseEnabled = !pause || HalfCloseEnabled; // a stopped reader still wants to know that its peer has left
            _inner.ReadDisable(pause);
        }

        if (wanted && _secured && !_receiving && !_receiveQueued && _session.HasPlainText)
        {
            _receiveQueued = true;
            Worker.Post(static self => ((TlsConnection)self!).ReceiveKept(), this);
        }
    }

    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!_secured || _innerClosed)
        {
            return 0;
        }

        var sent = Encrypt(first);
        if (sent == first.Length && second.Length > 0)
        {
            var more = Encrypt(second);
            sent = more < 0 ? more : sent + more;
        }

        return sent;
    }

    // As in Envoy only TLS is told: the socket stays open for a peer that still sends.
    protected override void ShutdownSend()
    {
        _session.Shutdown(_output);
        SendOutput();
    }

    protected override void CloseTransport(bool reset)
    {
        _handshakeTimer?.Cancel();
        if (!_innerClosed)
        {
            if (_secured && !reset && !WriteEnded)
            {
                _session.Shutdown(_output);
                SendOutput();
            }

            _inner.Close(reset ? CloseMode.Reset : CloseMode.Flush);
        }

        _session.Dispose();
    }

    private int Encrypt(ReadOnlySpan<byte> plain)
    {
        var sent = 0;
        while (sent < plain.Length && !_inner.IsAboveHighWatermark)
        {
            var burst = plain[sent..Math.Min(plain.Length, sent + MaxBurst)];
            if (_session.Write(burst, _output) == TlsStatus.Failed)
            {
                Fail();
                return -1;
            }

            sent += burst.Length;
            SendOutput();
        }

        return sent;
    }

    private void SendOutput()
    {
        if (_output.Length > 0)
        {
            _inner.Write(_output.Written);
            _output.Clear();
        }
    }

    private void OnPeerEnded()
    {
        if (_secured)
        {
            OnReceivedEnd();
            return;
        }

        OnTransportFailed(State == ConnectionState.Connecting
            ? new CloseReason(CloseOrigin.Remote, CloseKind.ConnectFailed)
            : Connections.CloseReason.RemoteClose);
    }

    private void OnHandshakeTimeout()
    {
        _observer.OnHandshakeTimeout(this);
        OnTransportFailed(new CloseReason(CloseOrigin.Local, CloseKind.Timeout, "transport socket timeout was reached"));
    }
}
