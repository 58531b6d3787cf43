namespace Proxy.Http.H1;

/// <summary>Reads <c>content-length</c> (RFC 9110 section 8.6): digits only, no list, no sign.</summary>
internal static class ContentLength
{
    /// <summary>Reads a length that fits 64 bits; leading zeros are fine.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out ulong length)
    {
        length = 0;
        if (value.IsEmpty)
        {
            return false;
        }

        foreach (var next in value)
        {
            var digit = (uint)(next - '0');
            if (digit > 9 || length > ulong.MaxValue / 10 || (length == ulong.MaxValue / 10 && digit > ulong.MaxValue % 10))
            {
                return false;
            }

            length = (length * 10) + digit;
        }

        return true;
    }
}
