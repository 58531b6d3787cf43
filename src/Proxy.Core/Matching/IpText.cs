using System.Net;
using System.Text;

namespace Proxy.Matching;

/// <summary>Addresses as text.</summary>
internal static class IpText
{
    // The longest is an IPv6 address with an IPv4 tail and a zone.
    private const int MaxLength = 64;

    /// <summary>The address that <paramref name="text"/> is; null when it is none. Shortened IPv4 forms are none.</summary>
    public static IPAddress? TryParse(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }

        Span<char> chars = stackalloc char[MaxLength];
        chars = chars[..Encoding.Latin1.GetChars(text, chars)];
        return chars.IndexOf(':') < 0 && chars.Count('.') != 3 ? null : IPAddress.TryParse(chars, out var address) ? address : null;
    }

    /// <summary>Writes <paramref name="address"/>; an IPv4 address in IPv6 as IPv4.</summary>
    public static ReadOnlySpan<byte> Write(IPAddress address, Span<byte> room)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.TryFormat(room, out var length) ? room[..length] : default;
    }
}
