using System.Net;
using Proxy.Buffers;
using Proxy.Workers;

namespace Proxy.Connections;

/// <summary>One byte stream to a peer, over any transport. It belongs to one worker and is used on that worker's thread only.</summary>
/// <remarks>
/// <para>Reading is pushed to the handler; what it does not consume is kept. A connection with nothing to read holds no buffer.</para>
/// <para>Writes are gathered and leave together when the callback unwinds; large ones go at once. More than <see cref="BufferLimit"/> unsent bytes
/// raise the high watermark.</para>
/// <para>A close takes effect when the callback unwinds, so a handler is never called from inside its own call. The first reason wins.</para>
/// </remarks>
public abstract partial class Connection : IDeferred
{
    private IConnectionHandler _handler = NullHandler.Instance;
    private WorkerTimer? _timer;
    private bool _noticeQueued;
    private bool _closeQueued;

    /// <summary>Creates the connection in <paramref name="state"/>; the transport drives it through the protected members.</summary>
    protected Connection(Worker worker, ConnectionInfo info, ConnectionState state)
        : this(worker, info, state, (worker ?? throw new ArgumentNullException(nameof(worker))).NextConnectionId())
    {
    }

    /// <summary>Creates a layer over another connection, whose number it takes over.</summary>
    private protected Connection(Worker worker, ConnectionInfo info, ConnectionState state, long id)
    {
        Worker = worker;
        Info = info;
        State = state;
        Id = id;
        DetectEarlyClose = state != ConnectionState.Connecting;
        if (state == ConnectionState.Connecting && info.ConnectStartMicroseconds == 0) // a layer above has the times of the transport
        {
            info.ConnectStartMicroseconds = worker.NowMicroseconds;
        }

        _output = new ByteQueue(worker.Buffers);
    }

    /// <summary>The worker that owns the connection.</summary>
    public Worker Worker { get; }

    /// <summary>Number of the connection, unique in this process as long as it lives.</summary>
    public long Id { get; }

    /// <summary>Addresses and what listener filters found.</summary>
    public ConnectionInfo Info { get; }

    /// <summary>Where the connection is in its life.</summary>
    public ConnectionState State { get; private set; }

    /// <summary>Why it ended; null while it lives.</summary>
    public CloseReason? CloseReason { get; private set; }

    /// <summary>Bytes read from the peer so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Bytes accepted by the transport so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Lets the peer's FIN end only its own direction (<c>OnData</c> with end of stream). Default false: FIN closes.</summary>
    public bool HalfCloseEnabled { get; set; }

    /// <summary>
    /// How long a close may go on without the peer taking bytes, and how long a delayed one then waits for its FIN, in ms. Default 1000 (Envoy
    /// <c>delayed_close_timeout</c>); 0 lets a flush take for ever and makes a delayed close a plain one.
    /// </summary>
    public long DelayedCloseTimeout { get; set; } = 1000;

    /// <summary>True when <see cref="DelayedCloseTimeout"/> has ended the connection: the peer took nothing more, or did not end its side.</summary>
    internal bool DelayedCloseTimedOut { get; private set; }

    /// <summary>Address of this side.</summary>
    public EndPoint LocalEndPoint => Info.LocalEndPoint;

    /// <summary>Address of the peer.</summary>
    public EndPoint RemoteEndPoint => Info.RemoteEndPoint;

    /// <summary>Sets who is told what happens from now on; also used to hand the connection to another owner.</summary>
    public void Start(IConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Worker.AssertCurrent();
        _handler = handler;
        _endDelivered = false;
        ScheduleRedelivery();
        OnStarted();
    }

    /// <summary>An owner was set. A transport whose connections exist before they have one begins to read here.</summary>
    protected virtual void OnStarted()
    {
    }

    /// <summary>Closes the connection; later calls change nothing but may hurry it (flush → immediate).</summary>
    public void Close(CloseMode mode, string details = "")
    {
        Close(mode, new CloseReason(CloseOrigin.Local, mode == CloseMode.Reset ? CloseKind.Reset : CloseKind.Graceful, details));
    }

    /// <summary>Closes the connection for a reason of the caller's.</summary>
    public void Close(CloseMode mode, CloseReason reason)
    {
        Worker.AssertCurrent();
        if (State == ConnectionState.Closed)
        {
            return;
        }

        CloseReason ??= reason;
        if (State == ConnectionState.Connecting || mode is CloseMode.Immediate or CloseMode.Reset)
        {
            Finish(reset: mode == CloseMode.Reset);
            return;
        }

        BeginClosing(delay: mode == CloseMode.FlushAndDelay);
    }

    /// <summary>Tells the transport to close; called once. <paramref name="reset"/> asks for RST instead of FIN.</summary>
    protected abstract void CloseTransport(bool reset);

    /// <summary>The transport says that an outgoing connection is up.</summary>
    protected void OnTransportConnected()
    {
        if (State != ConnectionState.Connecting)
        {
            return;
        }

        State = ConnectionState.Open;
        Info.ConnectedMicroseconds = Info.ConnectedMicroseconds == 0 ? Worker.NowMicroseconds : Info.ConnectedMicroseconds;
        _timer?.Cancel();
        _handler.OnConnected(this);
        if (!_output.IsEmpty || _endQueued)
        {
            QueueFlush();
        }
    }

    /// <summary>The transport says that the connection is broken.</summary>
    protected void OnTransportFailed(CloseReason reason)
    {
        if (State == ConnectionState.Closed)
        {
            return;
        }

        CloseReason ??= reason;
        Finish(reset: false);
    }

    /// <summary>Bounds the time for an outgoing connection to come up.</summary>
    protected void ArmConnectTimeout(long milliseconds)
    {
        if (milliseconds > 0)
        {
            ArmTimer(milliseconds);
        }
    }

    private void BeginClosing(bool delay)
    {
        if (State == ConnectionState.Closing)
        {
            _delayClose &= delay;
        }
        else
        {
            State = ConnectionState.Closing;
            _delayClose = delay && DelayedCloseTimeout > 0;
            ReleaseReadBuffer();
            OnReadInterestChanged(WantsRead); // the peer's bytes are drained and dropped, or its FIN would never be seen
            ArmCloseTimeout();
        }

        QueueFlush();
    }

    private void Finish(bool reset)
    {
        State = ConnectionState.Closed;
        _timer?.Cancel();
        _output.Clear();
        ReleaseReadBuffer();
        CloseTransport(reset);
        _closeQueued = true;
        QueueNotice();
    }

    // One item a connection: what several calls asked for happens together, deliveries first so that their answers leave with the flush.
    private void QueueNotice()
    {
        if (!_noticeQueued)
        {
            _noticeQueued = true;
            Worker.Defer(this);
        }
    }

    void IDeferred.Run()
    {
        _noticeQueued = false;
        if (_redeliveryQueued)
        {
            _redeliveryQueued = false;
            Deliver();
            ReleaseIdleBuffer();
        }

        if (_flushQueued)
        {
            _flushQueued = false;
            if (!PostponesFlush())
            {
                OnTransportWritable();
            }
        }

        if (_closeQueued)
        {
            _closeQueued = false;
            AnnounceClose();
        }
    }

    private void AnnounceClose()
    {
        var handler = _handler;
        _handler = NullHandler.Instance;
        handler.OnClosed(this, CloseReason!.Value);
    }

    private void ArmCloseTimeout()
    {
        if (DelayedCloseTimeout > 0)
        {
            ArmTimer(DelayedCloseTimeout);
        }
    }

    private void ArmTimer(long milliseconds)
    {
        _timer ??= Worker.CreateTimer(static state => ((Connection)state!).OnTimer(), this);
        _timer.Arm(milliseconds);
    }

    private void OnTimer()
    {
        if (State == ConnectionState.Connecting)
        {
            OnTransportFailed(new CloseReason(CloseOrigin.Remote, CloseKind.ConnectTimeout));
        }
        else
        {
            DelayedCloseTimedOut = true;
            Finish(reset: false);
        }
    }

    /// <summary>Stands in before an owner is set and after the last call to it.</summary>
    private sealed class NullHandler : IConnectionHandler
    {
        public static readonly NullHandler Instance = new();

        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => 0;

        public void OnAboveHighWatermark(Connection connection)
        {
        }

        public void OnBelowLowWatermark(Connection connection)
        {
        }

        public void OnClosed(Connection connection, CloseReason reason)
        {
        }
    }
}
