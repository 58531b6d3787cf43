using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Proxy.Workers.Sockets;

/// <summary>One bound socket for all workers of this process that listen on its address; connections take turns.</summary>
/// <remarks>
/// Not every system lets several sockets listen on one address and spreads connections over them, so sharing is done here. Its members change and
/// accept completions arrive on several threads: the lock guards all of its state and is never held while somebody else is called.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The last member to leave disposes of it.")]
internal sealed class SharedListenSocket
{
    private static readonly Lock OpenLock = new();
    private static readonly List<SharedListenSocket> Open = [];

    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private readonly bool _reusable;
    private readonly SocketAsyncEventArgs _accept = new(true);
    private readonly List<SocketListenSocket> _members = [];
    private readonly Queue<Socket> _held = new(); // accepted while nobody wanted any
    private uint _turn;
    private bool _pending;
    private bool _paused;
    private bool _closed;

    private SharedListenSocket(Socket socket, bool reusable)
    {
        _socket = socket;
        _reusable = reusable;
        LocalEndPoint = socket.LocalEndPoint!;
        _accept.Completed += (_, _) =>
        {
            Complete();
            Pump();
        };
    }

    public EndPoint LocalEndPoint { get; }

    public nint Handle => _socket.SafeHandle.DangerousGetHandle();

    /// <summary>Makes <paramref name="member"/> one of those that listen on the address, and binds it when it is the first.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static SharedListenSocket Join(SocketListenSocket member, ListenRequest request)
    {
        SharedListenSocket shared;
        lock (OpenLock)
        {
            var found = Open.Find(open => open.Serves(request));
            if (found is null)
            {
                found = new SharedListenSocket(SocketSetup.ForListening(request), request.ReusePort);
                Open.Add(found);
            }

            shared = found;
            lock (shared._lock)
            {
                shared._members.Add(member);
            }
        }

        shared.Pump();
        return shared;
    }

    /// <summary>The last to leave closes the socket.</summary>
    public void Leave(SocketListenSocket member)
    {
        bool pending;
        lock (OpenLock)
        {
            lock (_lock)
            {
                _members.Remove(member);
                if (_members.Count > 0)
                {
                    return;
                }

                _closed = true;
                pending = _pending;
            }

            Open.Remove(this);
        }

        while (_held.TryDequeue(out var socket))
        {
            socket.Dispose();
        }

        _socket.Dispose();
        if (!pending)
        {
            _accept.Dispose();
        }
    }

    public void SetAccepting(SocketListenSocket member, bool accepting)
    {
        lock (_lock)
        {
            member.Accepting = accepting;
        }

        if (accepting)
        {
            HandOutHeld();
            Pump();
        }
    }

    /// <summary>A member does not want the connection it was offered: another may.</summary>
    public void Return(Socket socket) => HandOut(socket);

    /// <summary>Accepts again after a failure.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _paused = false;
        }

        Pump();
    }

    private bool Serves(ListenRequest request)
    {
        if (request.Handle >= 0)
        {
            return request.Handle == Handle;
        }

        return _reusable && request.ReusePort && request.EndPoint is IPEndPoint && request.EndPoint.Equals(LocalEndPoint);
    }

    private void Pump()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_pending || _paused || _closed || !_members.Exists(member => member.Accepting))
                {
                    return;
                }

                _pending = true;
            }

            try
            {
                if (_socket.AcceptAsync(_accept))
                {
                    return;
                }
            }
            catch (ObjectDisposedException)
            {
                return; // the last member has left meanwhile
            }

            Complete();
        }
    }

    private void Complete()
    {
        var (socket, error) = (_accept.AcceptSocket, _accept.SocketError);
        _accept.AcceptSocket = null;
        SocketListenSocket? first;
        bool pause;
        lock (_lock)
        {
            _pending = false;
            _paused = pause = !_closed && error is not (SocketError.Success or SocketError.ConnectionReset or SocketError.ConnectionAborted);
            first = _members.Count > 0 ? _members[0] : null;
        }

        if (error == SocketError.Success)
        {
            HandOut(socket!);
        }
        else
        {
            socket?.Dispose();
            if (pause)
            {
                first?.OfferPause(error);
            }
        }
    }

    private void HandOut(Socket socket)
    {
        SocketListenSocket? taker;
        lock (_lock)
        {
            taker = NextTaker();
            if (taker is null && !_closed)
            {
                _held.Enqueue(socket);
                return;
            }
        }

        if (taker is null)
        {
            socket.Dispose();
        }
        else
        {
            taker.Offer(socket);
        }
    }

    private void HandOutHeld()
    {
        while (true)
        {
            Socket? socket;
            lock (_lock)
            {
                if (!_held.TryDequeue(out socket))
                {
                    return;
                }
            }

            HandOut(socket);
        }
    }

    private SocketListenSocket? NextTaker()
    {
        for (var i = 0; i < _members.Count; i++)
        {
            var member = _members[(int)(_turn++ % (uint)_members.Count)];
            if (member.Accepting)
            {
                return member;
            }
        }

        return null;
    }
}
