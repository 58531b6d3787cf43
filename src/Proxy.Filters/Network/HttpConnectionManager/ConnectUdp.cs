using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Proxy.Http;
using Proxy.Http.H2;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>The target of a request for UDP (RFC 9298): it stands in the path, and routes find it in <c>:authority</c>.</summary>
internal static class ConnectUdp
{
    private static ReadOnlySpan<byte> Start => "/.well-known/masque/udp/"u8;

    /// <summary>True for a request to become a tunnel of UDP.</summary>
    public static bool Is(HeaderMap headers) => headers.TryGet(KnownHeader.Upgrade, out var type) && AsciiBytes.EqualsIgnoreCase(type, "connect-udp"u8);

    /// <summary>Takes host and port out of the path. False when the path is none of the default template.</summary>
    /// <remarks>Such requests are rare: strings do no harm.</remarks>
    public static bool TryTakeTarget(HeaderMap headers)
    {
        var path = headers.Get(KnownHeader.Path);
        if (!path.StartsWith(Start) || path.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            return false;
        }

        var parts = Encoding.ASCII.GetString(path[Start.Length..]).Split('/');
        if (parts is not [{ Length: > 0 } host, { Length: > 0 } port, ""])
        {
            return false;
        }

        host = Decode(host);
        var isIpv6 = IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        var authority = Encoding.Latin1.GetBytes(isIpv6 ? $"[{host}]:{Decode(port)}" : $"{host}:{Decode(port)}");
        if (authority.AsSpan().ContainsAnyExcept(Http2Chars.Host) || authority.Contains((byte)'%'))
        {
            return false; // escapes can hide what ends a header field, and zones are not supported (RFC 9298 section 3)
        }

        headers.Set(KnownHeader.Authority, authority);
        return true;
    }

    private static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                decoded.Append((char)value);
                i += 2;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }
}
