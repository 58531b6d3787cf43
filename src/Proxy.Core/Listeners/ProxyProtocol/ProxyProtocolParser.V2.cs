using System.Buffers.Binary;
using System.Net;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Version 2: binary, 16 bytes, then addresses, then TLVs.</summary>
internal static partial class ProxyProtocolParser
{
    private const int FixedLength = 16;
    private const int TlvHeadLength = 3;

    /// <summary>Takes the next TLV off the front; false when there is none left. <see cref="TryRead"/> has checked them.</summary>
    public static bool NextTlv(ref ReadOnlySpan<byte> tlvs, out byte type, out ReadOnlySpan<byte> value)
    {
        if (tlvs.Length < TlvHeadLength)
        {
            type = 0;
            value = default;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(tlvs[1..]);
        type = tlvs[0];
        value = tlvs.Slice(TlvHeadLength, length);
        tlvs = tlvs[(TlvHeadLength + length)..];
        return true;
    }

    private static ProxyProtocolStatus TryReadV2(ReadOnlySpan<byte> data, out ProxyProtocolHeader header)
    {
        if (data.Length < FixedLength)
        {
            return NeedMore(2, out header);
        }

        var (version, command) = (data[12] >> 4, data[12] & 0xF);
        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(data[14..]);
        if (version == 2 && command == 0)
        {
            if (data.Length < length)
            {
                return NeedMore(2, out header);
            }

            header = new ProxyProtocolHeader { Version = 2, Length = length };
            return ProxyProtocolStatus.Found;
        }

        // Streams and datagrams over IPv4 and IPv6; nothing here can do anything with a Unix socket's address.
        var (family, transport) = (data[13] >> 4, data[13] & 0xF);
        var addressSize = family switch { 1 => 4, 2 => 16, _ => 0 };
        var addressesLength = (2 * addressSize) + (2 * sizeof(ushort));
        if (version != 2 || command != 1 || addressSize == 0 || transport is not (1 or 2) || length < FixedLength + addressesLength)
        {
            return Malformed(2, out header);
        }

        if (data.Length < length)
        {
            return NeedMore(2, out header);
        }

        var addresses = data.Slice(FixedLength, addressesLength);
        var tlvs = data[(FixedLength + addressesLength)..length];
        if (!AreWhole(tlvs))
        {
            return Malformed(2, out header);
        }

        return Complete(2, length, tlvs.Length, ReadEndPoint(addresses, addressSize, 0), ReadEndPoint(addresses, addressSize, 1), out header);
    }

    private static IPEndPoint ReadEndPoint(ReadOnlySpan<byte> addresses, int addressSize, int index)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(addresses[((2 * addressSize) + (index * sizeof(ushort)))..]);
        return new IPEndPoint(new IPAddress(addresses.Slice(index * addressSize, addressSize)), port);
    }

    private static bool AreWhole(ReadOnlySpan<byte> tlvs)
    {
        while (!tlvs.IsEmpty)
        {
            if (tlvs.Length < TlvHeadLength)
            {
                return false;
            }

            var length = TlvHeadLength + BinaryPrimitives.ReadUInt16BigEndian(tlvs[1..]);
            if (tlvs.Length < length)
            {
                return false;
            }

            tlvs = tlvs[length..];
        }

        return true;
    }
}
