using System.Net;
using Proxy.Connections;

namespace Proxy.Workers.Epoll;

/// <summary>Makes listening sockets.</summary>
internal static class ListenSocketFactory
{
    /// <summary>Binds and listens.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">One of the steps was refused.</exception>
    public static int Create(ListenRequest request)
    {
        var address = NativeAddress.From(request.EndPoint);
        var protocol = request is { Multipath: true, EndPoint: IPEndPoint } ? SocketConstants.MultipathTcp : 0;
        var fd = Check(NativeSocket.Create(NativeSocket.FamilyOf(address), protocol), -1, request);
        SetOptions(fd, request);
        ApplyOptions(fd, request, SocketState.Prebind);
        Bind(fd, address, request);
        ApplyOptions(fd, request, SocketState.Bound);
        Check(Libc.Listen(fd, request.Backlog), fd, request);
        ApplyOptions(fd, request, SocketState.Listening);
        return fd;
    }

    /// <summary>Takes a descriptor of its own of a socket that listens already.</summary>
    public static int Duplicate(int inherited, ListenRequest request)
    {
        var fd = Check(NativeSocket.Duplicate(inherited), -1, request);
        NativeSocket.SetNonBlocking(fd);
        if (NativeSocket.LocalEndPoint(fd) is IPEndPoint)
        {
            NativeSocket.Apply(fd, request.Settings);
        }

        ApplyOptions(fd, request, SocketState.Prebind);
        ApplyOptions(fd, request, SocketState.Bound);
        ApplyOptions(fd, request, SocketState.Listening);
        return fd;
    }

    private static void ApplyOptions(int fd, ListenRequest request, SocketState state)
    {
        if (!NativeSocket.ApplyOptions(fd, request.EndPoint.AddressFamily, request.Settings, state))
        {
            throw Fail(NativeSocket.LastError, fd, request);
        }
    }

    private static void SetOptions(int fd, ListenRequest request)
    {
        if (request.EndPoint is not IPEndPoint internet)
        {
            return;
        }

        NativeSocket.SetOption(fd, SocketConstants.SocketLevel, SocketConstants.ReuseAddress, 1);
        if (request.ReusePort)
        {
            NativeSocket.SetOption(fd, SocketConstants.SocketLevel, SocketConstants.ReusePort, 1);
        }

        if (internet.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            NativeSocket.SetOption(fd, SocketConstants.Ipv6Level, SocketConstants.Ipv6Only, request.DualStack ? 0 : 1);
        }

        NativeSocket.Apply(fd, request.Settings);
    }

    private static void Bind(int fd, SocketAddress address, ListenRequest request)
    {
        var path = NativeAddress.PathOf(request.EndPoint);
        if (!NativeSocket.Bind(fd, address))
        {
            var error = NativeSocket.LastError;
            var again = error == Errno.AddressInUse && path is not null && NativeSocket.RemoveStaleSocketFile(path, address);
            if (!again || !NativeSocket.Bind(fd, address))
            {
                throw Fail(again ? NativeSocket.LastError : error, fd, request);
            }
        }

        if (path is not null && request.UnixMode is { } mode && !NativeSocket.ChangeMode(path, mode))
        {
            throw Fail(NativeSocket.LastError, fd, request);
        }
    }

    private static int Check(int result, int fd, ListenRequest request)
    {
        return result >= 0 ? result : throw Fail(NativeSocket.LastError, fd, request);
    }

    private static System.Net.Sockets.SocketException Fail(int error, int fd, ListenRequest request)
    {
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }

        return SocketErrors.ToException(error, $"cannot bind '{request.EndPoint}'");
    }
}
