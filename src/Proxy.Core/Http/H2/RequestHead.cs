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

        if (!TryTakeHost(headers))
        {
            return false;
        }

        // RFC 9113 section 8.3.1: no user in front of the host.
        if (!headers.TryGet(KnownHeader.Authority, out var authority) || authority.ContainsAnyExcept(Http2Chars.Host))
        {
            return false;
        }

        return headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8) ? TryCompleteConnect(headers, allowConnect) : IsPlain(headers);
    }

    /// <summary>True for a request to become another protocol, as HTTP/1.1 writes it.</summary>
    public static bool IsUpgrade(HeaderMap headers)
    {
        return headers.Contains(KnownHeader.Upgrade) && headers.TryGet(KnownHeader.Connection, out var options) && TokenList.Contains(options, "upgrade"u8);
    }

    /// <summary>Writes the head of a tunnel's request the way HTTP/2 wants it: CONNECT (RFC 9113 section 8.5), with a protocol for an upgrade (RFC 8441).</summary>
    public static void ToConnect(HeaderMap headers, HeaderMap target)
    {
        target.CopyFrom(headers);
        if (target.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8))
        {
            target.Remove(KnownHeader.Scheme);
            target.Remove(KnownHeader.Path);
            return;
        }

        target.Set(KnownHeader.Method, "CONNECT"u8);
        target.AddPseudo(KnownHeader.Protocol, headers.Get(KnownHeader.Upgrade));
    }

    private static bool IsPlain(HeaderMap headers)
    {
        return !headers.Contains(KnownHeader.Protocol) && IsScheme(headers.Get(KnownHeader.Scheme))
            && IsPath(headers.Get(KnownHeader.Path), headers.Get(KnownHeader.Method));
    }

    // RFC 3986 section 3.1: which schemes there are is not for the protocol to say.
    private static bool IsScheme(ReadOnlySpan<byte> scheme)
    {
        return !scheme.IsEmpty && char.IsAsciiLetter((char)scheme[0]) && !scheme.ContainsAnyExcept(Http2Chars.Scheme);
    }

    private static bool IsPath(ReadOnlySpan<byte> path, ReadOnlySpan<byte> method)
    {
        return !path.IsEmpty && (path[0] == '/' || (path.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8))) && !path.ContainsAny((byte)' ', (byte)'\t');
    }

    // What RFC 8441 says with :protocol, HTTP/1.1 says with an upgrade; filters, routes and the log know the latter.
    private static bool TryCompleteConnect(HeaderMap headers, bool allowConnect)
    {
        if (!headers.TryGet(KnownHeader.Protocol, out var protocol))
        {
            return !headers.Get(KnownHeader.Authority).IsEmpty && !headers.Contains(KnownHeader.Scheme) && !headers.Contains(KnownHeader.Path);
        }

        if (!allowConnect || protocol.IsEmpty || !IsScheme(headers.Get(KnownHeader.Scheme))
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

    private static bool TryTakeHost(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Host, out var host))
        {
            return true;
        }

        // Hosts that are joined have a comma in them, which is in no host.
        if (host.IsEmpty || host.ContainsAnyExcept(Http2Chars.Host))
        {
            return false;
        }

        if (!headers.Contains(KnownHeader.Authority))
        {
            headers.AddPseudo(KnownHeader.Authority, host);
        }

        return headers.Remove(KnownHeader.Host) == 1;
    }
}
