using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Proxy.Workers.Epoll;

/// <summary>End points to and from the kernel's form.</summary>
internal static class NativeAddress
{
    /// <summary>Room for any address.</summary>
    public const int MaxSize = 128;

    private static readonly UnixDomainSocketEndPoint Unnamed =
        (UnixDomainSocketEndPoint)new UnixDomainSocketEndPoint("x").Create(new SocketAddress(AddressFamily.Unix, sizeof(ushort)));

    /// <summary>The kernel's form of <paramref name="endPoint"/>; a Unix path that begins with <c>@</c> is an abstract name.</summary>
    public static SocketAddress From(EndPoint endPoint)
    {
        if (endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is ['@', ..] name)
        {
            endPoint = new UnixDomainSocketEndPoint("\0" + name[1..]);
        }

        return endPoint.Serialize();
    }

    /// <summary>The path of a Unix socket that lives in the file system; null for other addresses.</summary>
    public static string? PathOf(EndPoint endPoint)
    {
        return endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is not (['@' or '\0', ..] or []) and { } path ? path : null;
    }

    /// <summary>Reads an address; an IPv4 one mapped into IPv6 comes out as IPv4.</summary>
    public static EndPoint Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < sizeof(ushort))
        {
            return Unnamed;
        }

        return MemoryMarshal.Read<ushort>(address) switch
        {
            SocketConstants.InterNetwork => new IPEndPoint(new IPAddress(address.Slice(4, 4)), PortOf(address)),
            SocketConstants.InterNetworkV6 => ReadV6(address),
            _ => ReadUnix(address),
        };
    }

    private static IPEndPoint ReadV6(ReadOnlySpan<byte> address)
    {
        var ip = new IPAddress(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..]));
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, PortOf(address));
    }

    private static EndPoint ReadUnix(ReadOnlySpan<byte> address)
    {
        if (address.Length == sizeof(ushort))
        {
            return Unnamed;
        }

        var copy = new SocketAddress(AddressFamily.Unix, address.Length);
        address[sizeof(ushort)..].CopyTo(copy.Buffer.Span[sizeof(ushort)..]);
        return Unnamed.Create(copy);
    }

    private static int PortOf(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
}
