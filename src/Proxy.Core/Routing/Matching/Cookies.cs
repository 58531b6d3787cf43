using Proxy.Http;

namespace Proxy.Routing.Matching;

/// <summary>Reads cookies of a request.</summary>
internal static class Cookies
{
    private static readonly HeaderName Header = HeaderName.Of("cookie");

    /// <summary>The value of the first cookie called <paramref name="name"/>, without the pair of quotes around it.</summary>
    public static bool TryFind(HeaderMap headers, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var field in headers)
        {
            if (Header.Is(field) && TryFind(field.Value, name, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private static bool TryFind(ReadOnlySpan<byte> cookies, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!cookies.IsEmpty)
        {
            var end = cookies.IndexOf((byte)';');
            var pair = (end < 0 ? cookies : cookies[..end]).TrimStart((byte)' ');
            cookies = end < 0 ? default : cookies[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals >= 0 && pair[..equals].SequenceEqual(name))
            {
                value = pair[(equals + 1)..];
                value = value is [(byte)'"', .., (byte)'"'] ? value[1..^1] : value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
