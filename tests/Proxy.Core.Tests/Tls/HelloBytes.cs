using System.Buffers.Binary;
using System.Text;
using Proxy.Tls;
using Proxy.Tls.Hello;

namespace Proxy.Core.Tests.Tls;

/// <summary>Makes client hellos.</summary>
internal static class HelloBytes
{
    public static byte[] Record(params byte[] message) => [22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];

    public static byte[] Message(byte[]? suites = null, params byte[][] extensions)
    {
        var all = extensions.SelectMany(static e => e).ToArray();
        suites ??= [0x13, 0x01, 0xc0, 0x2b];
        byte[] body = [3, 3, .. new byte[32], 0, .. Short(suites.Length), .. suites, 1, 0, .. Short(all.Length), .. all];
        return [1, 0, .. Short(body.Length), .. body];
    }

    public static byte[] Extension(ushort type, params byte[] value) => [.. Short(type), .. Short(value.Length), .. value];

    public static byte[] ServerName(string name) =>
        Extension(ClientHello.ServerNameExtension, [.. Short(name.Length + 3), 0, .. Short(name.Length), .. Encoding.ASCII.GetBytes(name)]);

    public static byte[] Protocols(params string[] names)
    {
        var list = AlpnList.Encode(names);
        return Extension(ClientHello.ProtocolsExtension, [.. Short(list.Length), .. list]);
    }

    private static byte[] Short(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
