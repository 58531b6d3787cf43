namespace Proxy.Http.H1;

/// <summary>The first line of a response (RFC 9112 section 4).</summary>
internal static class StatusLine
{
    private const int MaxDigits = 10;

    /// <summary>Reads version and status; false when the line is none. The reason is not looked at but for control characters.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out HttpProtocol protocol, out int status)
    {
        status = 0;
        if (line.Length <= HttpVersion.Length || !HttpVersion.TryParse(line[..HttpVersion.Length], out protocol)
            || line[HttpVersion.Length] is not ((byte)' ' or (byte)'\t'))
        {
            protocol = HttpProtocol.Http10;
            return false;
        }

        var rest = FieldReader.TrimBlanks(line[HttpVersion.Length..]);
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? rest.Length : digits;
        if (digits is 0 or > MaxDigits || (digits < rest.Length && rest[digits] is not ((byte)' ' or (byte)'\t'))
            || rest.ContainsAny(Http1Chars.NotInValue))
        {
            return false;
        }

        foreach (var digit in rest[..digits])
        {
            status = (status * 10) + (digit - '0');
            if (status > 999)
            {
                return false;
            }
        }

        return status >= 100;
    }

    /// <summary>The reason of a line that parsed; empty when it has none.</summary>
    public static ReadOnlySpan<byte> ReasonOf(ReadOnlySpan<byte> line)
    {
        var rest = FieldReader.TrimBlanks(line[HttpVersion.Length..]);
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits < 0 ? default : FieldReader.TrimBlanks(rest[digits..]);
    }
}
