using System.Net;
using System.Net.Sockets;
using Proxy.Connections;
using Proxy.Connections.InMemory;

namespace Proxy.Workers.Simulated;

/// <summary>What the workers of a <see cref="SimulatedRuntime"/> listen on and connect to. Any end point may be used; none leaves the process.</summary>
/// <remarks>Connecting to an address nobody listens on is refused. Several sockets on one address take turns.</remarks>
public sealed class SimulatedNetwork
{
    private const int FirstPort = 49152;

    private static readonly EndPoint Unnamed =
        new UnixDomainSocketEndPoint("x").Create(new SocketAddress(AddressFamily.Unix, sizeof(ushort)));

    private readonly SimulatedRuntime _runtime;
    private readonly List<SimulatedListenSocket> _sockets = [];
    private readonly HashSet<object> _blackHoles = [];
    private readonly HashSet<InMemoryConnection> _connections = new(ReferenceEqualityComparer.Instance);
    private int _lastPort = FirstPort - 1;
    private int _turn;

    internal SimulatedNetwork(SimulatedRuntime runtime)
    {
        _runtime = runtime;
    }

    /// <summary>Bytes that each direction of a new connection holds before the writer has to wait. Default 64 KiB.</summary>
    public int PipeCapacity { get; set; } = InMemoryConnection.DefaultCapacity;

    /// <summary>How what new connections carry is cut into deliveries; null (default) delivers what is there.</summary>
    public Segmentation? Segmentation { get; set; }

    /// <summary>Ends of connections that are not closed.</summary>
    public int OpenEnds => _connections.Count;

    /// <summary>Lets connection attempts to <paramref name="endPoint"/> go unanswered, or no longer.</summary>
    public void BlackHole(EndPoint endPoint, bool on = true)
    {
        if (on)
        {
            _blackHoles.Add(KeyOf(endPoint));
        }
        else
        {
            _blackHoles.Remove(KeyOf(endPoint));
        }
    }

    /// <summary>Resets every connection, on both ends.</summary>
    public void ResetAll()
    {
        foreach (var connection in _connections.ToArray())
        {
            connection.Worker.Post(() => connection.Close(CloseMode.Reset));
        }
    }

    internal SimulatedListenSocket Listen(SimulatedWorker worker, ListenRequest request, IAcceptHandler handler)
    {
        worker.AssertCurrent();
        var bound = request.EndPoint is IPEndPoint { Port: 0 } any ? new IPEndPoint(any.Address, PickPort()) : request.EndPoint;
        foreach (var other in _sockets)
        {
            if (KeyOf(other.LocalEndPoint).Equals(KeyOf(bound)) && !(other.Request.ReusePort && request.ReusePort && bound is not UnixDomainSocketEndPoint))
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }

        var socket = new SimulatedListenSocket(this, worker, request, bound, handler);
        _sockets.Add(socket);
        return socket;
    }

    internal InMemoryConnection Connect(SimulatedWorker worker, ConnectRequest request, IConnectionHandler handler)
    {
        worker.AssertCurrent();
        var forth = new InMemoryPipe(PipeCapacity);
        var back = new InMemoryPipe(PipeCapacity);
        var info = new ConnectionInfo(request.Local ?? PickLocal(request.Remote), request.Remote);
        var connection = Track(new InMemoryConnection(worker, info, ConnectionState.Connecting, back, forth, Segmentation));
        connection.BufferLimit = request.BufferLimit;
        connection.Start(handler);
        connection.StartConnectTimeout(request.TimeoutMilliseconds);
        worker.Post(() => Dial(connection, forth, back));
        return connection;
    }

    internal InMemoryConnection Accept(SimulatedWorker worker, PendingConnection pending)
    {
        var info = new ConnectionInfo(pending.Target, pending.Client);
        return Track(new InMemoryConnection(worker, info, ConnectionState.Open, pending.Forth, pending.Back, Segmentation));
    }

    private InMemoryConnection Track(InMemoryConnection connection)
    {
        _connections.Add(connection);
        connection.Closed = closed => _connections.Remove(closed);
        return connection;
    }

    internal void Remove(SimulatedListenSocket socket) => _sockets.Remove(socket);

    private void Dial(InMemoryConnection connection, InMemoryPipe forth, InMemoryPipe back)
    {
        if (connection.State != ConnectionState.Connecting || _blackHoles.Contains(KeyOf(connection.RemoteEndPoint)))
        {
            return;
        }

        if (Find(connection.RemoteEndPoint) is not { } socket)
        {
            connection.Info.TransportFailureReason = "delayed connect error: Connection refused";
            connection.Fail(new CloseReason(CloseOrigin.Remote, CloseKind.ConnectFailed, connection.Info.TransportFailureReason));
            return;
        }

        socket.Enqueue(new PendingConnection(connection.LocalEndPoint, connection.RemoteEndPoint, forth, back));
        connection.Connected();
    }

    private SimulatedListenSocket? Find(EndPoint target)
    {
        var matches = _sockets.FindAll(socket => KeyOf(socket.LocalEndPoint).Equals(KeyOf(target)));
        if (matches.Count == 0 && target is IPEndPoint address)
        {
            matches = _sockets.FindAll(socket => socket.IsWildcardFor(address));
        }

        return matches.Count == 0 ? null : matches[_turn++ % matches.Count];
    }

    private EndPoint PickLocal(EndPoint remote)
    {
        return remote switch
        {
            IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } => new IPEndPoint(IPAddress.IPv6Loopback, PickPort()),
            IPEndPoint => new IPEndPoint(IPAddress.Loopback, PickPort()),
            UnixDomainSocketEndPoint => Unnamed,
            _ => new InMemoryEndPoint("client-" + PickPort()),
        };
    }

    private int PickPort()
    {
        _lastPort = _lastPort == IPEndPoint.MaxPort ? FirstPort : _lastPort + 1;
        return _lastPort;
    }

    // Unix end points are compared by their text: not every runtime compares them by value.
    private static object KeyOf(EndPoint endPoint)
    {
        return endPoint switch
        {
            UnixDomainSocketEndPoint unix => "unix:" + unix,
            IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
            _ => endPoint,
        };
    }
}
