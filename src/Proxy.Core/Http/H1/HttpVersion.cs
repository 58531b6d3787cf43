namespace Proxy.Http.H1;

/// <summary>Reads <c>HTTP/1.1</c>.</summary>
internal static class HttpVersion
{
    /// <summary>Length of a version.</summary>
    public const int Length = 8;

    /// <summary>Reads a version of one digit each side of the dot. All but 1.1 count as 1.0, which promises least.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out HttpProtocol protocol)
    {
        protocol = HttpProtocol.Http10;
        if (text.SequenceEqual("HTTP/1.1"u8))
        {
            protocol = HttpProtocol.Http11;
            return true;
        }

        return text.Length == Length && text.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)text[5]) && text[6] == '.'
            && char.IsAsciiDigit((char)text[7]);
    }
}
