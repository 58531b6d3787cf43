using System.Net;
using Proxy.Connections;

namespace Proxy.Workers.Epoll;

internal sealed partial class EpollWorker
{
    private static readonly IPEndPoint NotBoundYet = new(IPAddress.Any, 0);

    public override IListenSocket Listen(ListenRequest request, IAcceptHandler handler)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handler);
        AssertCurrent();
        var inherited = request.Handle >= 0;
        var fd = inherited ? ListenSocketFactory.Duplicate((int)request.Handle, request) : ListenSocketFactory.Create(request);
        return new EpollListenSocket(this, fd, inherited, request, handler);
    }

    public override Connection Connect(ConnectRequest request, IConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(handler);
        AssertCurrent();
        var address = NativeAddress.From(request.Remote);
        var family = NativeSocket.FamilyOf(address);
        var info = new ConnectionInfo(NotBoundYet, request.Remote);
        var fd = NativeSocket.Create(family);
        var connection = new EpollConnection(this, fd, info, ConnectionState.Connecting, NativeSocket.IsInternet(family))
        {
            BufferLimit = request.BufferLimit,
        };
        connection.Start(handler);
        connection.Begin(fd < 0 ? NativeSocket.LastError : BeginConnect(fd, family, address, request), request.TimeoutMilliseconds);
        return connection;
    }

    public override Connection Adopt(nint socket, ListenRequest accepted)
    {
        AssertCurrent();
        var fd = (int)socket;
        var local = NativeSocket.LocalEndPoint(fd);
        return Accept(fd, new ConnectionInfo(local, NativeSocket.RemoteEndPoint(fd)), local is IPEndPoint);
    }

    /// <summary>Makes a connection of a socket that was accepted.</summary>
    internal EpollConnection Accept(int fd, ConnectionInfo info, bool internet)
    {
        var connection = new EpollConnection(this, fd, info, ConnectionState.Open, internet);
        connection.Begin(0, 0);
        return connection;
    }

    // The error number, or 0 when the outcome will be told.
    private static int BeginConnect(int fd, int family, SocketAddress address, ConnectRequest request)
    {
        if (NativeSocket.IsInternet(family))
        {
            NativeSocket.Apply(fd, request.Settings);
        }

        var kind = request.Remote.AddressFamily;
        if (!NativeSocket.ApplyOptions(fd, kind, request.Settings, SocketState.Prebind))
        {
            return NativeSocket.LastError;
        }

        if (request.Local is { } local)
        {
            NativeSocket.SetOption(fd, SocketConstants.IpLevel, SocketConstants.BindAddressNoPort, 1);
            if (!NativeSocket.Bind(fd, NativeAddress.From(local)))
            {
                return NativeSocket.LastError;
            }
        }

        if (!NativeSocket.ApplyOptions(fd, kind, request.Settings, SocketState.Bound))
        {
            return NativeSocket.LastError;
        }

        if (NativeSocket.Connect(fd, address))
        {
            return 0;
        }

        return NativeSocket.LastError is var error and not (Errno.InProgress or Errno.Interrupted) ? error : 0;
    }
}
