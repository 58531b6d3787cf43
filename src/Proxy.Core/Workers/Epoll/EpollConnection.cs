using Proxy.Connections;

namespace Proxy.Workers.Epoll;

/// <summary>A TCP or Unix connection on an epoll worker.</summary>
/// <remarks>
/// The descriptor is registered once, for both directions and edge triggered: the kernel reports a change once, and what it said is remembered in
/// <see cref="_readable"/> and <see cref="_sendBlocked"/>. A read that comes back short has drained the socket, so it is not tried again.
/// </remarks>
internal sealed unsafe partial class EpollConnection : Connection, IEpollTarget
{
    private const int ReadsPerTurn = 2;
    private const uint Gone = EpollFlags.PeerClosed | EpollFlags.HangUp | EpollFlags.Error;

    private readonly EpollWorker _worker;
    private readonly bool _internet;
    private int _fd;
    private ulong _token;
    private int _connectError;
    private bool _readable; // the socket may have bytes, or an end, that were not read
    private bool _ending; // the peer has closed: a short read is not the last
    private bool _failed; // the connection is broken; what came before may still be read
    private bool _queued;

    public EpollConnection(EpollWorker worker, int fd, ConnectionInfo info, ConnectionState state, bool internet)
        : base(worker, info, state)
    {
        _worker = worker;
        _fd = fd;
        _internet = internet;
    }

    /// <summary>Registers the socket; a failure is told later, like every outcome.</summary>
    public void Begin(int error, long connectTimeout)
    {
        _token = _worker.AddTarget(this);
        if (error == 0 && !_worker.Register(_fd, EpollFlags.In | EpollFlags.Out | EpollFlags.PeerClosed | EpollFlags.EdgeTriggered, _token))
        {
            error = NativeSocket.LastError;
        }

        if (error != 0)
        {
            _connectError = error;
            QueueTurn();
        }
        else
        {
            ArmConnectTimeout(connectTimeout);
        }
    }

    public void OnEvents(uint events)
    {
        if (State == ConnectionState.Connecting && !CompleteConnect(events))
        {
            return;
        }

        if (_sendBlocked && (events & EpollFlags.Out) != 0)
        {
            _sendBlocked = false;
            OnTransportWritable();
        }

        if ((events & (EpollFlags.In | Gone)) != 0)
        {
            _readable = true;
            _ending |= (events & Gone) != 0;
            _failed |= (events & EpollFlags.Error) != 0;
            Read();
        }
    }

    /// <summary>Goes on with what was left for later in the turn.</summary>
    public void OnTurn()
    {
        _queued = false;
        if (_connectError != 0)
        {
            Fail(CloseOrigin.Local, "immediate connect error: ", _connectError);
        }
        else if (_readable)
        {
            Read();
        }
    }

    public void OnFault() => Close(CloseMode.Reset, "unhandled_exception");

    public void OnWorkerStopping() => Close(CloseMode.Immediate, "worker_stopped");

    protected override void OnReadInterestChanged(bool wanted)
    {
        if (wanted ? _readable : _ending)
        {
            QueueTurn();
        }
    }

    protected override void CloseTransport(bool reset)
    {
        _worker.RemoveTarget(_token);
        if (_fd < 0)
        {
            return;
        }

        if (reset && _internet)
        {
            NativeSocket.ResetOnClose(_fd);
        }

        _ = Libc.Close(_fd);
        _fd = -1;
    }

    private bool CompleteConnect(uint events)
    {
        if ((events & (EpollFlags.Out | EpollFlags.Error | EpollFlags.HangUp)) == 0)
        {
            return false;
        }

        var error = NativeSocket.TakeError(_fd);
        if (error != 0)
        {
            Fail(CloseOrigin.Remote, "delayed connect error: ", error);
            return false;
        }

        Info.SetLocal(NativeSocket.LocalEndPoint(_fd));
        OnTransportConnected();
        return true;
    }

    private void Fail(CloseOrigin origin, string what, int error)
    {
        Info.TransportFailureReason = what + SocketErrors.Describe(error);
        OnTransportFailed(new CloseReason(origin, CloseKind.ConnectFailed, Info.TransportFailureReason));
    }

    private void Read()
    {
        for (var reads = 0; WantsRead; reads++)
        {
            if (reads == ReadsPerTurn)
            {
                QueueTurn();
                break;
            }

            var room = GetReadSpan();
            var count = Receive(room);
            if (count <= 0)
            {
                OnReadStopped(count);
                break;
            }

            var drained = count < room.Length && !_ending;
            _readable = !drained;
            OnReceived(count);
            if (drained)
            {
                break;
            }
        }

        ReleaseIdleBuffer();
        if (_ending && !WantsRead)
        {
            OnGoneUnread();
        }
    }

    private int Receive(Span<byte> room)
    {
        nint count;
        fixed (byte* pointer = room)
        {
            do
            {
                count = Libc.Receive(_fd, pointer, (nuint)room.Length, 0);
            }
            while (count < 0 && _worker.LastError == Errno.Interrupted);
        }

        return (int)count;
    }

    private void OnReadStopped(int count)
    {
        var error = count < 0 ? _worker.LastError : 0;
        if (error == Errno.TryAgain)
        {
            _readable = false;
        }
        else if (error != 0 || _sendFailed)
        {
            OnTransportFailed(ReasonOf(error));
        }
        else
        {
            _readable = false;
            OnReceivedEnd();
        }
    }

    // The peer is gone, and nobody will read what it left.
    private void OnGoneUnread()
    {
        if (State == ConnectionState.Closed)
        {
            return;
        }

        if (_failed ? ReadEnded || DetectEarlyClose : DetectEarlyClose && !HalfCloseEnabled && State == ConnectionState.Open)
        {
            OnTransportFailed(_failed ? Connections.CloseReason.RemoteReset : Connections.CloseReason.RemoteClose);
        }
    }

    private void QueueTurn()
    {
        if (!_queued)
        {
            _queued = true;
            _worker.QueueReady(this);
        }
    }

    private static CloseReason ReasonOf(int error)
    {
        return error is 0 or Errno.ConnectionReset or Errno.BrokenPipe
            ? Connections.CloseReason.RemoteReset
            : new CloseReason(CloseOrigin.Remote, CloseKind.Reset, SocketErrors.Describe(error));
    }
}
