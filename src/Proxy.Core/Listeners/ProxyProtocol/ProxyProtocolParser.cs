using System.Net;
using System.Net.Sockets;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Reads headers of the PROXY protocol, versions 1 and 2 (HAProxy, proxy-protocol.txt). Keeps nothing: it is given all bytes again when more have come.</summary>
internal static partial class ProxyProtocolParser
{
    private static ReadOnlySpan<byte> SignatureV1 => "PROXY "u8;

    private static ReadOnlySpan<byte> SignatureV2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads the header that <paramref name="data"/> begins with.</summary>
    public static ProxyProtocolStatus TryRead(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        switch (VersionOf(data, out var certain))
        {
            case 1 when certain:
                return TryReadV1(data, out header);
            case 2 when certain:
                return TryReadV2(data, out header);
            case 0:
                header = new ProxyProtocolHeader { Version = 0 };
                return ProxyProtocolStatus.NotFound;
            default:
                header = new ProxyProtocolHeader { Version = 0 };
                return ProxyProtocolStatus.NeedMoreData;
        }
    }

    /// <summary>The version that <paramref name="data"/> begins like; 0 when like none. <paramref name="certain"/> when its whole signature is there.</summary>
    public static int VersionOf(ReadOnlySpan<byte> data, out bool certain)
    {
        if (BeginsLike(data, SignatureV1, out certain))
        {
            return 1;
        }

        return BeginsLike(data, SignatureV2, out certain) ? 2 : 0;
    }

    private static bool BeginsLike(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, out bool certain)
    {
        var length = Math.Min(data.Length, signature.Length);
        certain = length == signature.Length;
        return data[..length].SequenceEqual(signature[..length]);
    }

    // Addresses that a connection cannot have: none, multicast, broadcast.
    private static bool IsUnicast(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;
        }

        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.Broadcast) && bytes[0] >> 4 != 0xE;
    }

    private static ProxyProtocolStatus Complete(int version, int length, int tlvLength, IPEndPoint source, IPEndPoint destination, out ProxyProtocolHeader header)
    {
        if (!IsUnicast(source.Address) || !IsUnicast(destination.Address))
        {
            return Malformed(version, out header);
        }

        header = new ProxyProtocolHeader { Version = version, Length = length, TlvLength = tlvLength, Source = source, Destination = destination };
        return ProxyProtocolStatus.Found;
    }

    private static ProxyProtocolStatus Malformed(int version, out ProxyProtocolHeader header)
    {
        header = new ProxyProtocolHeader { Version = version };
        return ProxyProtocolStatus.Malformed;
    }

    private static ProxyProtocolStatus NeedMore(int version, out ProxyProtocolHeader header)
    {
        header = new ProxyProtocolHeader { Version = version };
        return ProxyProtocolStatus.NeedMoreData;
    }
}
