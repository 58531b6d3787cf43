using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Proxy.Configuration.Clusters;
using Proxy.Connections;

namespace Proxy.Clusters.Transports;

/// <summary>Makes the header with which upstream connections begin (PROXY protocol, section 2).</summary>
internal sealed class ProxyHeader
{
    private const int MaxFixed = 16 + 36;

    private readonly int _version;
    private readonly byte[] _tlvs;

    public ProxyHeader(UpstreamProxyProtocolConfig config)
    {
        _version = config.Version;
        _tlvs = Encode(config.Tlvs);
    }

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>TLVs as on the wire.</summary>
    public static byte[] Encode(IEnumerable<ProxyProtocolTlv> tlvs)
    {
        var bytes = new List<byte>();
        foreach (var tlv in tlvs)
        {
            bytes.AddRange([tlv.Type, (byte)(tlv.Value.Count >> 8), (byte)tlv.Value.Count, .. tlv.Value]);
        }

        return [.. bytes];
    }

    /// <summary>Begins <paramref name="connection"/> with the header.</summary>
    public void Send(Connection connection, ConnectionOrigin origin)
    {
        var (source, destination) = origin.Source is not null
            ? (origin.Source as IPEndPoint, origin.Destination as IPEndPoint)
            : _version == 1 ? (connection.LocalEndPoint as IPEndPoint, connection.RemoteEndPoint as IPEndPoint)
            : (null, null);
        Unmap(ref source);
        Unmap(ref destination);
        if (source is null || destination is null || source.AddressFamily != destination.AddressFamily)
        {
            source = destination = null;
        }

        connection.Write(_version == 1 ? Text(source, destination) : Binary(source, destination, origin.Tlvs.Span));
    }

    private static byte[] Text(IPEndPoint? source, IPEndPoint? destination)
    {
        if (source is null || destination is null)
        {
            return "PROXY UNKNOWN\r\n"u8.ToArray();
        }

        var family = source.AddressFamily == AddressFamily.InterNetworkV6 ? "TCP6" : "TCP4";
        return Encoding.ASCII.GetBytes($"PROXY {family} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");
    }

    private byte[] Binary(IPEndPoint? source, IPEndPoint? destination, ReadOnlySpan<byte> more)
    {
        if (source is null || destination is null)
        {
            return [.. Signature, 0x20, 0, 0, 0]; // LOCAL: the connection speaks for itself
        }

        var isV6 = source.AddressFamily == AddressFamily.InterNetworkV6;
        var size = isV6 ? 16 : 4;
        Span<byte> head = stackalloc byte[MaxFixed];
        Signature.CopyTo(head);
        head[12] = 0x21;
        head[13] = isV6 ? (byte)0x21 : (byte)0x11;
        source.Address.TryWriteBytes(head[16..], out _);
        destination.Address.TryWriteBytes(head[(16 + size)..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(head[(16 + (2 * size))..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(head[(18 + (2 * size))..], (ushort)destination.Port);
        var addresses = (2 * size) + 4;
        BinaryPrimitives.WriteUInt16BigEndian(head[14..], (ushort)(addresses + _tlvs.Length + more.Length));
        return [.. head[..(16 + addresses)], .. _tlvs, .. more];
    }

    // A dual-stack listener sees IPv4 peers as mapped ones.
    private static void Unmap(ref IPEndPoint? point)
    {
        if (point is { Address.IsIPv4MappedToIPv6: true })
        {
            point = new IPEndPoint(point.Address.MapToIPv4(), point.Port);
        }
    }
}
