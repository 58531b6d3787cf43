using System.Buffers.Binary;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Takes protobuf's wire format apart.</summary>
internal static class WireReader
{
    /// <summary>The fields of a message in the order of the wire.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static List<WireField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<WireField>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            fields.Add(ReadField(message, (int)(tag >> 3), (int)(tag & 7), ref at));
        }

        return fields;
    }

    /// <summary>The values of a repeated scalar that stand in one field.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such values.</exception>
    public static List<WireField> Unpack(FieldKind kind, WireField packed)
    {
        var values = new List<WireField>();
        var bytes = packed.Bytes;
        for (var at = 0; at < bytes.Length;)
        {
            var value = kind switch
            {
                FieldKind.Double => BinaryPrimitives.ReadUInt64LittleEndian(Take(bytes, 8, ref at).Span),
                FieldKind.Float => BinaryPrimitives.ReadUInt32LittleEndian(Take(bytes, 4, ref at).Span),
                _ => Varint(bytes.Span, ref at),
            };
            values.Add(new WireField(packed.Number, value, false, default));
        }

        return values;
    }

    /// <summary>One varint at <paramref name="at"/>, which moves behind it.</summary>
    public static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length)
            {
                break;
            }

            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("broken varint");
    }

    private static WireField ReadField(ReadOnlyMemory<byte> message, int number, int wireType, ref int at)
    {
        switch (wireType)
        {
            case 0:
                return new WireField(number, Varint(message.Span, ref at), false, default);
            case 1:
                return new WireField(number, BinaryPrimitives.ReadUInt64LittleEndian(Take(message, 8, ref at).Span), false, default);
            case 5:
                return new WireField(number, BinaryPrimitives.ReadUInt32LittleEndian(Take(message, 4, ref at).Span), false, default);
            case 2:
                var length = Varint(message.Span, ref at);
                return new WireField(number, 0, true, Take(message, length, ref at));
            default:
                throw new InvalidDataException($"wire type {wireType}");
        }
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ulong count, ref int at)
    {
        if (count > (ulong)(message.Length - at))
        {
            throw new InvalidDataException("the message ends too early");
        }

        var taken = message.Slice(at, (int)count);
        at += (int)count;
        return taken;
    }
}
