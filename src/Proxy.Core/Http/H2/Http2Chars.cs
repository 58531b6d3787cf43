using System.Buffers;

namespace Proxy.Http.H2;

/// <summary>Byte classes of HTTP/2, for vectorised searches.</summary>
internal static class Http2Chars
{
    /// <summary>Bytes of a field name: those of a token, without capitals (RFC 9113 section 8.2.1).</summary>
    public static readonly SearchValues<byte> Name = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);
}
