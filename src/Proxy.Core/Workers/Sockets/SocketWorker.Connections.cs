using System.Net;
using System.Net.Sockets;
using Proxy.Connections;

namespace Proxy.Workers.Sockets;

internal sealed partial class SocketWorker
{
    private static readonly IPEndPoint NotBoundYet = new(IPAddress.Any, 0);

    public override IListenSocket Listen(ListenRequest request, IAcceptHandler handler)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handler);
        AssertCurrent();
        var socket = new SocketListenSocket(this, request, handler);
        _listenSockets.Add(socket);
        return socket;
    }

    public override Connection Connect(ConnectRequest request, IConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handler);
        AssertCurrent();
        var error = SocketError.Success;
        var socket = SocketSetup.ForConnecting(request, ref error);
        var info = new ConnectionInfo(NotBoundYet, request.Remote);
        var connection = new SocketConnection(this, socket, info, ConnectionState.Connecting) { BufferLimit = request.BufferLimit };
        _connections.Add(connection);
        connection.Start(handler);
        connection.BeginConnect(error, request.TimeoutMilliseconds);
        return connection;
    }

    public override Connection Adopt(nint socket, ListenRequest accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return Accept(new Socket(new SafeSocketHandle(socket, ownsHandle: true)), accepted.Settings);
    }

    /// <summary>Makes a connection of a socket that was accepted; reading begins when the current callback has unwound.</summary>
    internal SocketConnection Accept(Socket socket, SocketSettings settings)
    {
        AssertCurrent();
        SocketSetup.Apply(socket, settings);
        var info = new ConnectionInfo(SocketSetup.Unmap(socket.LocalEndPoint!), SocketSetup.Unmap(socket.RemoteEndPoint!));
        var connection = new SocketConnection(this, socket, info, ConnectionState.Open);
        _connections.Add(connection);
        connection.BeginAccepted();
        return connection;
    }

    internal void Remove(SocketConnection connection) => _connections.Remove(connection);

    /// <summary>A closed connection waits for the system to end an operation.</summary>
    internal void AwaitRelease(SocketConnection connection) => _releasing.Add(connection);

    /// <summary>The operation has ended.</summary>
    internal void Released(SocketConnection connection) => _releasing.Remove(connection);

    internal void Remove(SocketListenSocket socket) => _listenSockets.Remove(socket);
}
