using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Proxy.Connections;

namespace Proxy.Workers.Epoll;

/// <summary>Makes and configures sockets; the cold half of the system calls.</summary>
internal static unsafe class NativeSocket
{
    private const int NoSuchDevice = 6; // what opening the file of a socket answers

    public static int LastError => *Libc.ErrnoLocation();

    /// <summary>A new non-blocking stream socket, or -1; protocol 0 is the family's own.</summary>
    public static int Create(int family, int protocol = 0)
    {
        return Libc.Socket(family, SocketConstants.Stream | SocketConstants.NonBlocking | SocketConstants.CloseOnExec, protocol);
    }

    public static int FamilyOf(SocketAddress address) => MemoryMarshal.Read<ushort>(address.Buffer.Span);

    public static bool IsInternet(int family) => family is SocketConstants.InterNetwork or SocketConstants.InterNetworkV6;

    public static bool SetOption(int fd, int level, int name, int value)
    {
        return Libc.SetOption(fd, level, name, &value, sizeof(int)) == 0;
    }

    /// <summary>Applies what TCP has of <paramref name="settings"/>; accepted sockets inherit it from the one that listens.</summary>
    public static void Apply(int fd, SocketSettings settings)
    {
        if (settings.NoDelay)
        {
            SetOption(fd, SocketConstants.TcpLevel, SocketConstants.NoDelay, 1);
        }

        if (settings.Keepalive is { } keepalive)
        {
            SetOption(fd, SocketConstants.SocketLevel, SocketConstants.KeepAlive, 1);
            SetIfGiven(fd, SocketConstants.KeepCount, keepalive.Probes);
            SetIfGiven(fd, SocketConstants.KeepIdle, keepalive.Time);
            SetIfGiven(fd, SocketConstants.KeepInterval, keepalive.Interval);
        }
    }

    /// <summary>Sets those of the further options that are for this state; false when the system refuses one.</summary>
    public static bool ApplyOptions(int fd, AddressFamily family, SocketSettings settings, SocketState state)
    {
        foreach (var option in settings.Options.AsSpan())
        {
            if (!option.IsFor(family, state))
            {
                continue;
            }

            fixed (byte* value = option.Value.AsSpan())
            {
                if (Libc.SetOption(fd, option.Level, option.Name, value, (uint)option.Value.Count) != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Makes closing the socket send RST.</summary>
    public static void ResetOnClose(int fd)
    {
        var linger = stackalloc int[] { 1, 0 };
        _ = Libc.SetOption(fd, SocketConstants.SocketLevel, SocketConstants.Linger, linger, 2 * sizeof(int));
    }

    public static bool Bind(int fd, SocketAddress address)
    {
        fixed (byte* pointer = address.Buffer.Span)
        {
            return Libc.Bind(fd, pointer, (uint)address.Size) == 0;
        }
    }

    public static bool Connect(int fd, SocketAddress address)
    {
        fixed (byte* pointer = address.Buffer.Span)
        {
            return Libc.Connect(fd, pointer, (uint)address.Size) == 0;
        }
    }

    /// <summary>The pending error of a socket, which it clears; 0 when there is none.</summary>
    public static int TakeError(int fd)
    {
        var error = 0;
        var size = (uint)sizeof(int);
        return Libc.GetOption(fd, SocketConstants.SocketLevel, SocketConstants.Error, &error, &size) == 0 ? error : LastError;
    }

    public static EndPoint LocalEndPoint(int fd)
    {
        var address = stackalloc byte[NativeAddress.MaxSize];
        var size = (uint)NativeAddress.MaxSize;
        return Libc.GetSocketName(fd, address, &size) == 0 ? Read(address, size) : NativeAddress.Read(default);
    }

    public static EndPoint RemoteEndPoint(int fd)
    {
        var address = stackalloc byte[NativeAddress.MaxSize];
        var size = (uint)NativeAddress.MaxSize;
        return Libc.GetPeerName(fd, address, &size) == 0 ? Read(address, size) : NativeAddress.Read(default);
    }

    /// <summary>Another descriptor of the same socket, or -1.</summary>
    public static int Duplicate(int fd) => Libc.FileControl(fd, SocketConstants.DuplicateCloseOnExec, 0);

    public static void SetNonBlocking(int fd)
    {
        var flags = Libc.FileControl(fd, SocketConstants.GetStatusFlags, 0);
        _ = Libc.FileControl(fd, SocketConstants.SetStatusFlags, flags | SocketConstants.NonBlocking);
    }

    /// <summary>Removes the file of a Unix socket on which nobody listens any more. Other files stay.</summary>
    public static bool RemoveStaleSocketFile(string path, SocketAddress address)
    {
        if (!IsSocketFile(path))
        {
            return false;
        }

        var probe = Create(SocketConstants.Unix);
        var stale = probe >= 0 && !Connect(probe, address) && LastError == Errno.ConnectionRefused;
        _ = Libc.Close(probe);
        fixed (byte* name = ToNative(path))
        {
            return stale && Libc.Unlink(name) == 0;
        }
    }

    public static bool ChangeMode(string path, int mode)
    {
        fixed (byte* name = ToNative(path))
        {
            return Libc.ChangeMode(name, (uint)mode) == 0;
        }
    }

    private static bool IsSocketFile(string path)
    {
        fixed (byte* name = ToNative(path))
        {
            var fd = Libc.Open(name, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
            if (fd < 0)
            {
                return LastError == NoSuchDevice;
            }

            _ = Libc.Close(fd);
            return false;
        }
    }

    private static EndPoint Read(byte* address, uint size) => NativeAddress.Read(new ReadOnlySpan<byte>(address, (int)size));

    private static byte[] ToNative(string path) => Encoding.UTF8.GetBytes(path + "\0");

    private static void SetIfGiven(int fd, int name, int? value)
    {
        if (value is { } given)
        {
            SetOption(fd, SocketConstants.TcpLevel, name, given);
        }
    }
}
