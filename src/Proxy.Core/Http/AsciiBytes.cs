using System.Text;

namespace Proxy.Http;

/// <summary>ASCII on bytes, whatever the bytes above 0x7F are.</summary>
internal static class AsciiBytes
{
    /// <summary>Copies <paramref name="source"/> with A-Z in lower case; other bytes stay as they are. The spans may be the same.</summary>
    public static void ToLower(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (Ascii.ToLower(source, destination, out _) == System.Buffers.OperationStatus.Done)
        {
            return;
        }

        for (var i = 0; i < source.Length; i++)
        {
            var b = source[i];
            destination[i] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }
    }

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
