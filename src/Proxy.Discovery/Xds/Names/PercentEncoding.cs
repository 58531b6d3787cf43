using System.Globalization;
using System.Text;

namespace Proxy.Discovery.Xds.Names;

/// <summary>Percent-encoding of the parts of a resource's URI (RFC 3986), with what Envoy escapes in each.</summary>
internal static class PercentEncoding
{
    /// <summary>Escapes what is not printable ASCII, <c>~</c> and what is <paramref name="reserved"/>.</summary>
    public static string Encode(string text, string reserved)
    {
        var encoded = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and < '~' && !reserved.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>Undoes <see cref="Encode"/>; what is no escape stays as it is.</summary>
    public static string Decode(string text) => Uri.UnescapeDataString(text);
}
