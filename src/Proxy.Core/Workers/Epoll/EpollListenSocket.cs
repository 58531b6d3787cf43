using System.Net;
using Proxy.Connections;

namespace Proxy.Workers.Epoll;

/// <summary>A listening socket on an epoll worker. Level triggered: what an event leaves in the kernel's queue is reported again.</summary>
internal sealed unsafe class EpollListenSocket : IListenSocket, IEpollTarget
{
    private const int DefaultAcceptsPerEvent = 64;
    private const int PauseMilliseconds = 100;

    private readonly EpollWorker _worker;
    private readonly ListenRequest _request;
    private readonly IAcceptHandler _handler;
    private readonly uint _flags;
    private readonly ulong _token;
    private readonly bool _anyAddress;
    private WorkerTimer? _pause;
    private EndPoint _lastLocal;
    private int _fd;
    private bool _accepting = true;
    private bool _starved; // said so once, until a connection gets in again

    public EpollListenSocket(EpollWorker worker, int fd, bool shared, ListenRequest request, IAcceptHandler handler)
    {
        _worker = worker;
        _fd = fd;
        _request = request;
        _handler = handler;
        LocalEndPoint = _lastLocal = NativeSocket.LocalEndPoint(fd);
        _anyAddress = LocalEndPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any));

        // Of several workers on one socket only one is to wake up.
        _flags = EpollFlags.In | (shared || NativeAddress.PathOf(LocalEndPoint) is not null ? EpollFlags.Exclusive : 0);
        _token = worker.AddTarget(this);
        Register();
    }

    public EndPoint LocalEndPoint { get; }

    public nint Handle => _fd;

    public void SetAccepting(bool accepting)
    {
        _worker.AssertCurrent();
        if (_fd < 0 || accepting == _accepting)
        {
            return;
        }

        _accepting = accepting;
        if (_pause is { IsArmed: true })
        {
            return; // the end of the pause looks again
        }

        if (accepting)
        {
            Register();
        }
        else
        {
            _worker.Unregister(_fd);
        }
    }

    public void Close()
    {
        _worker.AssertCurrent();
        if (_fd >= 0)
        {
            _pause?.Cancel();
            _worker.RemoveTarget(_token);
            _worker.Unregister(_fd); // somebody else may hold the same socket open
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    public void OnEvents(uint events)
    {
        var address = stackalloc byte[NativeAddress.MaxSize];
        var limit = _request.AcceptsPerEvent ?? DefaultAcceptsPerEvent;
        for (var i = 0; i < limit && _fd >= 0 && _accepting; i++)
        {
            var size = (uint)NativeAddress.MaxSize;
            var fd = Libc.Accept(_fd, address, &size, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
            if (fd >= 0)
            {
                _starved = false;
                Place(fd, new ReadOnlySpan<byte>(address, (int)size));
                _worker.RunDeferred();
            }
            else if (!GoOnAfter(_worker.LastError))
            {
                return;
            }
        }
    }

    public void OnFault()
    {
        // The connection at fault is the handler's; the socket is in order.
    }

    public void OnWorkerStopping() => Close();

    private void Register()
    {
        if (!_worker.Register(_fd, _flags, _token))
        {
            throw SocketErrors.ToException(NativeSocket.LastError, $"cannot listen on '{_request.EndPoint}'");
        }
    }

    private void Place(int fd, ReadOnlySpan<byte> remote)
    {
        if (_request.Balancer is { } balancer && balancer.Choose(_worker) is var chosen && chosen != _worker)
        {
            HandOver(fd, chosen, balancer);
            return;
        }

        var connection = _worker.Accept(fd, new ConnectionInfo(LocalOf(fd), NativeAddress.Read(remote)), LocalEndPoint is IPEndPoint);
        Announce(connection, _handler);
    }

    private static void Announce(Connection connection, IAcceptHandler handler)
    {
        try
        {
            handler.OnAccepted(connection);
        }
        catch
        {
            connection.Close(CloseMode.Reset, "unhandled_exception");
            throw;
        }
    }

    private void HandOver(int fd, Worker chosen, IAcceptBalancer balancer)
    {
        var request = _request;
        chosen.Post(() =>
        {
            if (balancer.HandlerOn(chosen) is { } handler)
            {
                Announce(chosen.Adopt(fd, request), handler);
            }
            else
            {
                _ = Libc.Close(fd);
            }
        });
    }

    // The address that a client used is not known from a socket bound to all of them; most use the same one.
    private EndPoint LocalOf(int fd)
    {
        if (!_anyAddress)
        {
            return LocalEndPoint;
        }

        var local = NativeSocket.LocalEndPoint(fd);
        if (!local.Equals(_lastLocal))
        {
            _lastLocal = local;
        }

        return _lastLocal;
    }

    private bool GoOnAfter(int error)
    {
        switch (error)
        {
            case Errno.TryAgain:
                return false;
            case Errno.TooManyFiles or Errno.FileTableFull or Errno.NoBuffers or Errno.NoMemory:
                Pause(error);
                return false;
            default:
                return true; // that one connection has gone before it was accepted
        }
    }

    // The event would come again at once, and nothing would have changed.
    private void Pause(int error)
    {
        if (!_starved)
        {
            _starved = true;
            _worker.LogAcceptPaused(LocalEndPoint.ToString() ?? "", SocketErrors.Describe(error));
        }

        _worker.Unregister(_fd);
        _pause ??= _worker.CreateTimer(static socket => ((EpollListenSocket)socket!).Resume(), this);
        _pause.Arm(PauseMilliseconds);
    }

    private void Resume()
    {
        if (_accepting)
        {
            Register();
        }
    }
}
