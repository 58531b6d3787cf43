using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private const int NotFetched = int.MinValue;
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
    private int _fetched = NotFetched; // outcome of the read ahead of the callbacks: bytes added, 0 for the end, or the error's number below it

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

    /// <summary>Notes what the kernel reports; true when bytes can be received before <see cref="OnEvents"/> follows in the same batch.</summary>
    public bool CanFetch(uint events)
    {
        if ((events & (EpollFlags.In | Gone)) == 0 || State != ConnectionState.Open || !WantsRead || !ReadsPlainBlock || _fetched != NotFetched)
        {
            return false;
        }

        NoteReadable(events);
        return true;
    }

    /// <summary>Receives without telling the handler.</summary>
    public void Fetch() => EndFetch(Receive(GetReadSpan()));

    /// <summary>As <see cref="Fetch"/>, together with others; <see cref="EndFetch"/> follows.</summary>
    public void AddFetch(SystemCallRing ring)
    {
        var room = GetReadSpan(); // of a pinned block
        ring.AddReceive(_fd, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room)), room.Length);
    }

    public void EndFetch(int result)
    {
        if (result == SystemCallRing.NotDone || result == -Errno.Interrupted)
        {
            return; // OnEvents asks again
        }

        _fetched = result;
        if (result > 0)
        {
            _readable = result == GetReadSpan().Length || _ending;
            AddReceived(result);
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
            if (_fetched == NotFetched)
            {
                NoteReadable(events);
            }

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

    private void NoteReadable(uint events)
    {
        _readable = true;
        _ending |= (events & Gone) != 0;
        _failed |= (events & EpollFlags.Error) != 0;
    }

    private void Read()
    {
        var reads = 0;
        if (_fetched > 0)
        {
            _fetched = NotFetched;
            reads++;
            DeliverReceived();
        }

        for (; _readable && WantsRead; reads++)
        {
            if (reads == ReadsPerTurn)
            {
                QueueTurn();
                break;
            }

            if (!ReadOnce())
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

    private bool ReadOnce()
    {
        var room = GetReadSpan();
        var count = _fetched == NotFetched ? Receive(room) : _fetched;
        _fetched = NotFetched;
        if (count <= 0)
        {
            OnReadStopped(-count);
            return false;
        }

        _readable = count == room.Length || _ending;
        OnReceived(count);
        return true;
    }

    // How many bytes, or the number of the error below zero.
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

        return count < 0 ? -_worker.LastError : (int)count;
    }

    private void OnReadStopped(int error)
    {
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
