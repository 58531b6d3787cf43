namespace Proxy.Http.H2.Hpack;

/// <summary>Integers of HPACK: a prefix of some bits, then seven bits a byte (RFC 7541 section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>Most bytes that <see cref="Write"/> makes.</summary>
    public const int MaxBytes = 6;

    private const int MaxShift = 28; // what needs more is no length, size or index of ours

    /// <summary>Reads from <paramref name="at"/> on. False when the bytes end too early or the number is beyond all bounds.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, int prefixBits, ref int at, out int value)
    {
        value = 0;
        if (at >= data.Length)
        {
            return false;
        }

        var mask = (1 << prefixBits) - 1;
        value = data[at++] & mask;
        if (value < mask)
        {
            return true;
        }

        var sum = (long)value;
        for (var shift = 0; shift <= MaxShift && at < data.Length; shift += 7)
        {
            var next = data[at++];
            sum += (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = (int)sum;
                return sum <= int.MaxValue;
            }
        }

        return false;
    }

    /// <summary>Writes behind <paramref name="at"/>.</summary>
    public static void Write(Span<byte> destination, ref int at, int prefixBits, byte pattern, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            destination[at++] = (byte)(pattern | value);
            return;
        }

        destination[at++] = (byte)(pattern | mask);
        value -= mask;
        for (; value >= 0x80; value >>= 7)
        {
            destination[at++] = (byte)(value | 0x80);
        }

        destination[at++] = (byte)value;
    }
}
