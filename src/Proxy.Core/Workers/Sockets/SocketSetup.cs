using System.Net;
using System.Net.Sockets;
using Proxy.Connections;

namespace Proxy.Workers.Sockets;

/// <summary>Makes and configures sockets.</summary>
internal static class SocketSetup
{
    /// <summary>A socket for an outgoing connection, bound where asked; a failure is left in <paramref name="error"/>.</summary>
    public static Socket ForConnecting(ConnectRequest request, ref SocketError error)
    {
        var socket = Create(request.Remote);
        try
        {
            Apply(socket, request.Settings);
            ApplyOptions(socket, request.Settings, SocketState.Prebind);
            if (request.Local is { } local)
            {
                socket.Bind(ToSystem(local));
            }

            ApplyOptions(socket, request.Settings, SocketState.Bound);
        }
        catch (SocketException exception)
        {
            error = exception.SocketErrorCode;
        }

        return socket;
    }

    /// <summary>A socket that listens.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static Socket ForListening(ListenRequest request)
    {
        if (request.Handle >= 0)
        {
            return new Socket(new SafeSocketHandle(request.Handle, ownsHandle: false));
        }

        if (request.Multipath)
        {
            throw new SocketException((int)SocketError.ProtocolNotSupported); // .NET makes no sockets of it
        }

        var socket = Create(request.EndPoint);
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = request.DualStack;
            }

            ApplyOptions(socket, request.Settings, SocketState.Prebind);
            Bind(socket, request);
            ApplyOptions(socket, request.Settings, SocketState.Bound);
            socket.Listen(request.Backlog);
            ApplyOptions(socket, request.Settings, SocketState.Listening);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Applies what the kind of socket has of <paramref name="settings"/>.</summary>
    public static void Apply(Socket socket, SocketSettings settings)
    {
        if (!IsInternet(socket))
        {
            return;
        }

        try
        {
            socket.NoDelay = settings.NoDelay;
            if (settings.Keepalive is { } keepalive)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                SetIfGiven(socket, SocketOptionName.TcpKeepAliveRetryCount, keepalive.Probes);
                SetIfGiven(socket, SocketOptionName.TcpKeepAliveTime, keepalive.Time);
                SetIfGiven(socket, SocketOptionName.TcpKeepAliveInterval, keepalive.Interval);
            }
        }
        catch (SocketException)
        {
            // The peer may be gone by now, and some systems lack some options: neither is a reason to refuse the connection.
        }
    }

    public static bool IsInternet(Socket socket) => socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    /// <summary>An IPv4 address mapped into IPv6 comes out as IPv4.</summary>
    public static EndPoint Unmap(EndPoint endPoint)
    {
        return endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : endPoint;
    }

    /// <summary>A Unix path that begins with <c>@</c> is an abstract name.</summary>
    public static EndPoint ToSystem(EndPoint endPoint)
    {
        return endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is ['@', ..] name ? new UnixDomainSocketEndPoint("\0" + name[1..]) : endPoint;
    }

    public static string Describe(SocketError error) => new SocketException((int)error).Message;

    private static Socket Create(EndPoint endPoint)
    {
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
        {
            throw new ArgumentException($"Not an address of a socket: {endPoint}.", nameof(endPoint));
        }

        var protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        return new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
    }

    private static void ApplyOptions(Socket socket, SocketSettings settings, SocketState state)
    {
        foreach (var option in settings.Options)
        {
            if (option.IsFor(socket.AddressFamily, state))
            {
                socket.SetRawSocketOption(option.Level, option.Name, option.Value.AsSpan());
            }
        }
    }

    private static void Bind(Socket socket, ListenRequest request)
    {
        try
        {
            socket.Bind(ToSystem(request.EndPoint));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && RemoveStaleFile(request.EndPoint))
        {
            socket.Bind(ToSystem(request.EndPoint));
        }

        if (PathOf(request.EndPoint) is { } path && request.UnixMode is { } mode && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }
    }

    // A process that was killed leaves the file of its socket behind; one that nobody answers on may go.
    private static bool RemoveStaleFile(EndPoint endPoint)
    {
        if (PathOf(endPoint) is not { } path)
        {
            return false;
        }

        using var probe = Create(endPoint);
        try
        {
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException exception)
        {
            if (exception.SocketErrorCode != SocketError.ConnectionRefused)
            {
                return false;
            }
        }

        File.Delete(path);
        return true;
    }

    private static string? PathOf(EndPoint endPoint)
    {
        return endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is not (['@' or '\0', ..] or []) and { } path ? path : null;
    }

    private static void SetIfGiven(Socket socket, SocketOptionName name, int? value)
    {
        if (value is { } given)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, name, given);
        }
    }
}
