using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Proxy.Core.Tests.ProxyProtocol;

/// <summary>Makes headers of version 2.</summary>
internal static class ProxyProtocolBytes
{
    public static byte[] V2(string source, string destination, byte? family = null, (byte Type, string Value)[]? tlvs = null)
    {
        var from = IPEndPoint.Parse(source);
        var to = IPEndPoint.Parse(destination);
        List<byte> body = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes(), .. Number(from.Port), .. Number(to.Port)];
        foreach (var (type, value) in tlvs ?? [])
        {
            body.AddRange([type, .. Number(value.Length), .. Encoding.Latin1.GetBytes(value)]);
        }

        return V2Raw(0x21, family ?? (byte)(source[0] == '[' ? 0x21 : 0x11), [.. body]);
    }

    public static byte[] V2Raw(byte command, byte family, byte[] body)
    {
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, .. Number(body.Length), .. body];
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
