using System.Net;
using System.Net.Sockets;
using Proxy.Connections;

namespace Proxy.Workers.Sockets;

/// <summary>One worker's share of a listening socket.</summary>
internal sealed class SocketListenSocket : IListenSocket
{
    private const int PauseMilliseconds = 100;

    private readonly SocketWorker _worker;
    private readonly ListenRequest _request;
    private readonly IAcceptHandler _handler;
    private readonly SharedListenSocket _shared;
    private WorkerTimer? _pause;
    private bool _closed;

    public SocketListenSocket(SocketWorker worker, ListenRequest request, IAcceptHandler handler)
    {
        _worker = worker;
        _request = request;
        _handler = handler;
        _shared = SharedListenSocket.Join(this, request);
    }

    public EndPoint LocalEndPoint => _shared.LocalEndPoint;

    public nint Handle => _shared.Handle;

    /// <summary>Wants connections; read by the shared socket under its lock.</summary>
    public bool Accepting { get; set; } = true;

    public void SetAccepting(bool accepting)
    {
        _worker.AssertCurrent();
        if (!_closed)
        {
            _shared.SetAccepting(this, accepting);
        }
    }

    public void Close()
    {
        _worker.AssertCurrent();
        if (!_closed)
        {
            _closed = true;
            _pause?.Cancel();
            _worker.Remove(this);
            _shared.Leave(this);
        }
    }

    /// <summary>From any thread: a connection has arrived and is this worker's.</summary>
    public void Offer(Socket socket) => _worker.Post(() => Take(socket));

    /// <summary>From any thread: accepting has failed for want of something; try again in a while.</summary>
    public void OfferPause(SocketError error) => _worker.Post(() => Pause(error));

    private void Take(Socket socket)
    {
        if (_closed || !Accepting)
        {
            _shared.Return(socket);
            return;
        }

        if (_request.Balancer is { } balancer && balancer.Choose(_worker) is SocketWorker chosen && chosen != _worker)
        {
            chosen.Post(() => HandOver(socket, chosen, balancer));
            return;
        }

        Announce(_worker.Accept(socket, _request.Settings), _handler);
    }

    private void HandOver(Socket socket, SocketWorker chosen, IAcceptBalancer balancer)
    {
        if (balancer.HandlerOn(chosen) is { } handler)
        {
            Announce(chosen.Accept(socket, _request.Settings), handler);
        }
        else
        {
            socket.Dispose();
        }
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

    private void Pause(SocketError error)
    {
        _worker.LogAcceptPaused(LocalEndPoint.ToString() ?? "", SocketSetup.Describe(error));
        _pause ??= _worker.CreateTimer(static self => ((SocketListenSocket)self!)._shared.Resume(), this);
        _pause.Arm(PauseMilliseconds);
    }
}
