using System.Buffers;

namespace Proxy.Http.H1;

/// <summary>Byte classes of RFC 9110 and 9112, for vectorised searches.</summary>
internal static class Http1Chars
{
    /// <summary>Bytes of a token (RFC 9110 section 5.6.2): methods and field names.</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes that cannot be in a field value: the control characters but for the tab. CR is among them, which also ends the value.</summary>
    public static readonly SearchValues<byte> NotInValue =
        SearchValues.Create("\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f"u8);

    /// <summary>Bytes of a host with or without a port (RFC 3986 section 3.2.2).</summary>
    public static readonly SearchValues<byte> Authority =
        SearchValues.Create("!$%&'()*+,-.:;=@[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a user name and password in front of a host.</summary>
    public static readonly SearchValues<byte> UserInfo =
        SearchValues.Create("!$%&'()*+,-.:;=_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a host name in an absolute target.</summary>
    public static readonly SearchValues<byte> HostName = SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of an address in brackets.</summary>
    public static readonly SearchValues<byte> BracketedHost = SearchValues.Create(".:0123456789ABCDEFabcdef"u8);

    /// <summary>Blanks around and inside lines.</summary>
    public static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
