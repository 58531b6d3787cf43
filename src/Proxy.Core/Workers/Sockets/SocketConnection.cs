using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Proxy.Connections;

namespace Proxy.Workers.Sockets;

/// <summary>A TCP or Unix connection on a socket worker.</summary>
/// <remarks>
/// Bytes are read and written without blocking on the worker's thread. A receive of nothing, which completes when there is something to read, tells when
/// to; what does not fit into the socket is sent from a copy, whose completion tells that there is room again. An end of the peer's that has unread bytes
/// in front of it is seen only when those are read.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The end of the connection disposes of them, or of each when its operation has ended.")]
internal sealed partial class SocketConnection : Connection
{
    private const int ReadsPerTurn = 2;

    private readonly SocketWorker _worker;
    private readonly Socket _socket;
    private readonly bool _internet;
    private readonly SocketAsyncEventArgs _watch = new(true);
    private SocketAsyncEventArgs? _connect;
    private bool _watching;
    private bool _readable; // the socket may have bytes, or an end, that were not read
    private bool _turnQueued;
    private SocketError _connectError;

    public SocketConnection(SocketWorker worker, Socket socket, ConnectionInfo info, ConnectionState state)
        : base(worker, info, state)
    {
        _worker = worker;
        _socket = socket;
        _internet = SocketSetup.IsInternet(socket);
        _watch.UserToken = this;
        _watch.Completed += static (_, arguments) => PostTo(arguments, static self => ((SocketConnection)self!).OnWatchCompleted());
    }

    public void BeginConnect(SocketError error, long timeout)
    {
        if (error != SocketError.Success)
        {
            _connectError = error;
            QueueTurn();
            return;
        }

        ArmConnectTimeout(timeout);
        _connect = new SocketAsyncEventArgs(true) { RemoteEndPoint = SocketSetup.ToSystem(RemoteEndPoint), UserToken = this };
        _connect.Completed += static (_, arguments) => PostTo(arguments, static self => ((SocketConnection)self!).OnConnectCompleted());
        if (!_socket.ConnectAsync(_connect))
        {
            PostTo(_connect, static self => ((SocketConnection)self!).OnConnectCompleted());
        }
    }

    public void BeginAccepted()
    {
        _socket.Blocking = false;
        _readable = true;
        QueueTurn();
    }

    public void OnFault() => Close(CloseMode.Reset, "unhandled_exception");

    public void OnWorkerStopping() => Close(CloseMode.Immediate, "worker_stopped");

    protected override void OnReadInterestChanged(bool wanted)
    {
        if (wanted && _readable)
        {
            QueueTurn();
        }
    }

    protected override void CloseTransport(bool reset)
    {
        _worker.Remove(this);
        if (reset && _internet)
        {
            _socket.LingerState = new LingerOption(true, 0);
        }

        if (reset || !_watching || _copy is not null || !EndWatch())
        {
            Release();
        }
    }

    // Disposing of a Unix socket that has an operation under way resets the connection, so the operation is made to end first.
    private bool EndWatch()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            _worker.AwaitRelease(this);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Release()
    {
        _socket.Dispose();
        if (!_watching)
        {
            _watch.Dispose();
        }

        if (_copy is null)
        {
            _send?.Dispose();
        }
        else
        {
            _worker.AwaitRelease(this);
        }
    }

    private static void PostTo(SocketAsyncEventArgs arguments, Action<object?> callback)
    {
        var connection = (SocketConnection)arguments.UserToken!;
        connection._worker.Post(callback, connection);
    }

    private void QueueTurn()
    {
        if (!_turnQueued)
        {
            _turnQueued = true;
            _worker.Post(static self => ((SocketConnection)self!).OnTurn(), this);
        }
    }

    private void OnTurn()
    {
        _turnQueued = false;
        if (_connectError != SocketError.Success)
        {
            FailToConnect(CloseOrigin.Local, "immediate connect error: ", _connectError);
        }
        else if (_readable && IsUp)
        {
            Read();
        }
    }

    private bool IsUp => State is ConnectionState.Open or ConnectionState.Closing;

    private void OnConnectCompleted()
    {
        var error = _connect!.SocketError;
        _connect.Dispose();
        if (State != ConnectionState.Connecting)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            FailToConnect(CloseOrigin.Remote, "delayed connect error: ", error);
            return;
        }

        _socket.Blocking = false;
        Info.SetLocal(SocketSetup.Unmap(_socket.LocalEndPoint!));
        OnTransportConnected();
        if (IsUp)
        {
            Watch();
        }
    }

    private void FailToConnect(CloseOrigin origin, string what, SocketError error)
    {
        Info.TransportFailureReason = what + SocketSetup.Describe(error);
        OnTransportFailed(new CloseReason(origin, CloseKind.ConnectFailed, Info.TransportFailureReason));
    }

    private void Watch()
    {
        if (_watching)
        {
            return;
        }

        _watching = true;
        if (!_socket.ReceiveAsync(_watch))
        {
            _watching = false;
            _readable = true;
            QueueTurn();
        }
    }

    private void OnWatchCompleted()
    {
        _watching = false;
        if (State == ConnectionState.Closed)
        {
            _worker.Released(this);
            Release();
            return;
        }

        _readable = true;
        Read();
    }

    private void Read()
    {
        for (var reads = 0; WantsRead && _readable; reads++)
        {
            if (reads == ReadsPerTurn)
            {
                QueueTurn();
                break;
            }

            var count = _socket.Receive(GetReadSpan(), SocketFlags.None, out var error);
            if (error == SocketError.Success && count > 0)
            {
                OnReceived(count);
            }
            else
            {
                OnReadStopped(error);
            }
        }

        ReleaseIdleBuffer();
        if (!IsUp)
        {
            return;
        }

        if (!_readable && !ReadEnded)
        {
            Watch();
        }
        else if (!WantsRead)
        {
            LookForTheEnd();
        }
    }

    private void OnReadStopped(SocketError error)
    {
        _readable = false;
        if (_sendFailed || error is not (SocketError.Success or SocketError.WouldBlock))
        {
            OnTransportFailed(ReasonOf(error));
        }
        else if (error == SocketError.Success)
        {
            OnReceivedEnd();
        }
    }

    // Reading is stopped, or over: only the end of everything is of interest.
    private void LookForTheEnd()
    {
        if (_sendFailed && (ReadEnded || DetectEarlyClose))
        {
            OnTransportFailed(Connections.CloseReason.RemoteReset);
        }
        else if (DetectEarlyClose && !ReadEnded && State == ConnectionState.Open)
        {
            Span<byte> one = stackalloc byte[1];
            var count = _socket.Receive(one, SocketFlags.Peek, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                OnTransportFailed(ReasonOf(error));
            }
            else if (count == 0 && error == SocketError.Success && !HalfCloseEnabled)
            {
                OnTransportFailed(Connections.CloseReason.RemoteClose);
            }
        }
    }

    private static CloseReason ReasonOf(SocketError error)
    {
        return error is SocketError.Success or SocketError.WouldBlock or SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            ? Connections.CloseReason.RemoteReset
            : new CloseReason(CloseOrigin.Remote, CloseKind.Reset, SocketSetup.Describe(error));
    }
}
