using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Proxy.Http;

/// <summary>ASCII on bytes, whatever the bytes above 0x7F are.</summary>
internal static class AsciiBytes
{
    /// <summary>Copies <paramref name="source"/> with A-Z in lower case; other bytes stay as they are. The spans may be the same.</summary>
    public static void ToLower(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        if (source.Length >= Vector128<byte>.Count)
        {
            ToLowerVector(source, destination);
            return;
        }

        if (source.Length >= sizeof(ulong))
        {
            var first = LowerOf(BinaryPrimitives.ReadUInt64LittleEndian(source));
            var last = LowerOf(BinaryPrimitives.ReadUInt64LittleEndian(source[^sizeof(ulong)..]));
            BinaryPrimitives.WriteUInt64LittleEndian(destination, first);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[^sizeof(ulong)..], last);
            return;
        }

        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = ToLower(source[i]);
        }
    }

    // Eight bytes at once: the top bit of each byte is worked out to mean "is a capital", then moved to where the case is.
    private static ulong LowerOf(ulong bytes)
    {
        const ulong ones = 0x0101_0101_0101_0101;
        var low = bytes & (0x7F * ones);
        var aboveZ = low + ((0x7F - 'Z') * ones);
        var fromA = low + ((0x80 - 'A') * ones);
        return bytes | (((aboveZ ^ fromA) & ~bytes & (0x80 * ones)) >> 2);
    }

    // The last block overlaps the one before; doing a byte twice changes nothing, also where source and destination are the same.
    private static void ToLowerVector(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var last = source.Length - Vector128<byte>.Count;
        for (var i = 0; ; i += Vector128<byte>.Count)
        {
            i = Math.Min(i, last);
            var block = Vector128.LoadUnsafe(ref from, (nuint)i);
            var upper = Vector128.LessThanOrEqual(block - Vector128.Create((byte)'A'), Vector128.Create((byte)('Z' - 'A')));
            (block | (upper & Vector128.Create((byte)0x20))).StoreUnsafe(ref to, (nuint)i);
            if (i == last)
            {
                return;
            }
        }
    }

    /// <summary>A-Z in lower case; other bytes as they are.</summary>
    public static byte ToLower(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    /// <summary>Equal but for the case of A-Z.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b && ((a | 0x20) != (b | 0x20) || (byte)((a | 0x20) - 'a') > 'z' - 'a'))
            {
                return false;
            }
        }

        return true;
    }
}
