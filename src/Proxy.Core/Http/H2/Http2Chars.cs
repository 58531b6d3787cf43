using System.Buffers;

namespace Proxy.Http.H2;

/// <summary>Byte classes of HTTP/2, for vectorised searches.</summary>
internal static class Http2Chars
{
    /// <summary>Bytes of a field name: those of a token, without capitals (RFC 9113 section 8.2.1).</summary>
    public static readonly SearchValues<byte> Name = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a scheme (RFC 3986 section 3.1).</summary>
    public static readonly SearchValues<byte> Scheme = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a host with or without a port (RFC 3986 section 3.2.2): no user in front of it, and no second host behind a comma.</summary>
    public static readonly SearchValues<byte> Host =
        SearchValues.Create("!$%&'()*+-.:;=[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
}
