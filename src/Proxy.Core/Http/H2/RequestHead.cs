using Proxy.Http.H1;

namespace Proxy.Http.H2;

/// <summary>What a request's pseudo headers have to be (RFC 9113 section 8.3.1), and the form that the rest of the proxy knows.</summary>
internal static class RequestHead
{
    /// <summary>Checks a head whose fields are all there, and completes it. False when it is no request.</summary>
    public static bool TryComplete(HeaderMap headers, bool allowConnect)
    {
        if (!headers.TryGet(KnownHeader.Method, out var method) || method.IsEmpty || method.ContainsAnyExcept(Http1Chars.Token))
        {
            return false;
        }

        TakeHost(headers);
        if (headers.TryGet(KnownHeader.Authority, out var authority) && authority.ContainsAnyExcept(Http1Chars.Authority))
        {
            return false;
        }

        return headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8) ? TryCompleteConnect(headers, allowConnect) : IsPlain(headers);
    }

    private static bool IsPlain(HeaderMap headers)
    {
        return !headers.Contains(KnownHeader.Protocol) && IsScheme(headers.Get(KnownHeader.Scheme))
            && IsPath(headers.Get(KnownHeader.Path), headers.Get(KnownHeader.Method));
    }

    private static bool IsScheme(ReadOnlySpan<byte> scheme)
    {
        return AsciiBytes.EqualsIgnoreCase(scheme, "http"u8) || AsciiBytes.EqualsIgnoreCase(scheme, "https"u8);
    }

    private static bool IsPath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> method)
    {
        return !path.IsEmpty && (path[0] == '/' || (path.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8))) && !path.Contains((byte)' ');
    }

    // What RFC 8441 says with :protocol, HTTP/1.1 says with an upgrade; filters, routes and the log know the latter.
    private static bool TryCompleteConnect(HeaderMap headers, bool allowConnect)
    {
        if (!headers.TryGet(KnownHeader.Protocol, out var protocol))
        {
            return headers.Contains(KnownHeader.Authority) && !headers.Contains(KnownHeader.Scheme) && !headers.Contains(KnownHeader.Path);
        }

        if (!allowConnect || protocol.IsEmpty || !headers.Contains(KnownHeader.Authority) || !IsScheme(headers.Get(KnownHeader.Scheme))
            || !IsPath(headers.Get(KnownHeader.Path), "CONNECT"u8))
        {
            return false;
        }

        headers.Set(KnownHeader.Method, "GET"u8);
        headers.Add(KnownHeader.Upgrade, protocol);
        headers.Add(KnownHeader.Connection, "upgrade"u8);
        headers.Remove(KnownHeader.Protocol);
        return true;
    }

    private static void TakeHost(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Host, out var host))
        {
            return;
        }

        if (!headers.Contains(KnownHeader.Authority))
        {
            headers.AddPseudo(KnownHeader.Authority, host);
        }

        headers.Remove(KnownHeader.Host);
    }
}
