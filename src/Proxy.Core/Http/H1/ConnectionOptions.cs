using Proxy.Routing.Matching;

namespace Proxy.Http.H1;

/// <summary>What the <c>connection</c> header asks for (RFC 9110 section 7.6.1).</summary>
internal static class ConnectionOptions
{
    private const int MaxNominated = 10;
    private const int MaxTeLength = 256;

    /// <summary>True when the peer wants the connection closed behind this message.</summary>
    public static bool WantsClose(HeaderMap headers, HttpProtocol protocol)
    {
        if (headers.TryGet(KnownHeader.Connection, out var value))
        {
            if (protocol == HttpProtocol.Http10 ? !TokenList.Contains(value, "keep-alive"u8) : TokenList.Contains(value, "close"u8))
            {
                return true;
            }
        }
        else if (protocol == HttpProtocol.Http10)
        {
            return true;
        }

        return headers.TryGet(KnownHeader.ProxyConnection, out value) && TokenList.Contains(value, "close"u8);
    }

    /// <summary>True when the message asks for another protocol, or grants one.</summary>
    public static bool IsUpgrade(HeaderMap headers)
    {
        return headers.Contains(KnownHeader.Upgrade) && headers.TryGet(KnownHeader.Connection, out var value) && TokenList.Contains(value, "upgrade"u8);
    }

    /// <summary>Takes an offer of HTTP/2 out of a request: it is served as HTTP/1.</summary>
    public static void RemoveH2cOffer(HeaderMap headers)
    {
        headers.Remove(KnownHeader.Upgrade);
        headers.Remove(KnownHeader.Http2Settings);
        RemoveTokens(headers, "upgrade"u8, "http2-settings"u8);
    }

    /// <summary>Takes the protocols that compare out of an upgrade; true when none is left, so that the message is a plain one.</summary>
    public static bool RemoveUpgrades(HeaderMap headers, TextMatcher[] ignored)
    {
        var value = headers.Get(KnownHeader.Upgrade);
        Span<byte> kept = value.Length <= 256 ? stackalloc byte[256] : new byte[value.Length];
        var length = 0;
        foreach (var token in new TokenList(value))
        {
            if (!token.IsEmpty && !Matches(ignored, token))
            {
                if (length > 0)
                {
                    kept[length++] = (byte)',';
                }

                token.CopyTo(kept[length..]);
                length += token.Length;
            }
        }

        if (length > 0)
        {
            headers.Set(KnownHeader.Upgrade, kept[..length]);
            return false;
        }

        headers.Remove(KnownHeader.Upgrade);
        RemoveTokens(headers, "upgrade"u8, "upgrade"u8);
        return true;
    }

    /// <summary>Removes the headers that the request nominates as its client's own; false when it nominates what must not go.</summary>
    public static bool TryRemoveNominated(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Connection, out var value))
        {
            return true;
        }

        var count = 0;
        var nominates = false;
        foreach (var token in new TokenList(value))
        {
            count += token.IsEmpty ? 0 : 1;
            nominates |= !IsOption(token);
            if (IsForbidden(token))
            {
                return false;
            }
        }

        return count < MaxNominated && (!nominates || RemoveNominated(headers, value));
    }

    private static bool Matches(TextMatcher[] matchers, ReadOnlySpan<byte> token)
    {
        foreach (var matcher in matchers)
        {
            if (matcher.Matches(token))
            {
                return true;
            }
        }

        return false;
    }

    private static bool RemoveNominated(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        // The value stays where it is in the map's memory while headers are only removed or made shorter.
        foreach (var token in new TokenList(value))
        {
            if (IsOption(token) || AsciiBytes.EqualsIgnoreCase(token, "connection"u8) || IsFraming(token))
            {
                continue;
            }

            if (AsciiBytes.EqualsIgnoreCase(token, "te"u8))
            {
                if (!TryReduceTe(headers))
                {
                    return false;
                }

                continue;
            }

            if (AsciiBytes.EqualsIgnoreCase(token, "host"u8))
            {
                headers.Remove(KnownHeader.Authority);
            }

            headers.Remove(token);
        }

        return true;
    }

    // Trailers may still be asked for; every other coding ends at this hop.
    private static bool TryReduceTe(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Te, out var value))
        {
            return true;
        }

        if (value.Length >= MaxTeLength)
        {
            return false;
        }

        foreach (var coding in new TokenList(value))
        {
            var semicolon = coding.IndexOf((byte)';');
            if (AsciiBytes.EqualsIgnoreCase(FieldReader.TrimBlanks(semicolon < 0 ? coding : coding[..semicolon]), "trailers"u8))
            {
                headers.Set(KnownHeader.Te, "trailers"u8);
                return true;
            }
        }

        headers.Remove(KnownHeader.Te);
        return true;
    }

    private static bool IsOption(ReadOnlySpan<byte> token)
    {
        return token.IsEmpty || AsciiBytes.EqualsIgnoreCase(token, "close"u8) || AsciiBytes.EqualsIgnoreCase(token, "keep-alive"u8)
            || AsciiBytes.EqualsIgnoreCase(token, "upgrade"u8) || AsciiBytes.EqualsIgnoreCase(token, "http2-settings"u8);
    }

    private static bool IsForbidden(ReadOnlySpan<byte> token)
    {
        return (token.Length > 0 && token[0] == ':') || AsciiBytes.EqualsIgnoreCase(token, "x-forwarded-for"u8)
            || AsciiBytes.EqualsIgnoreCase(token, "x-forwarded-host"u8) || AsciiBytes.EqualsIgnoreCase(token, "x-forwarded-proto"u8);
    }

    private static bool IsFraming(ReadOnlySpan<byte> token)
    {
        return AsciiBytes.EqualsIgnoreCase(token, "content-length"u8) || AsciiBytes.EqualsIgnoreCase(token, "transfer-encoding"u8);
    }

    private static void RemoveTokens(HeaderMap headers, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!headers.TryGet(KnownHeader.Connection, out var value))
        {
            return;
        }

        Span<byte> kept = value.Length <= 256 ? stackalloc byte[256] : new byte[value.Length];
        var length = 0;
        foreach (var token in new TokenList(value))
        {
            if (!AsciiBytes.EqualsIgnoreCase(token, first) && !AsciiBytes.EqualsIgnoreCase(token, second))
            {
                if (length > 0)
                {
                    kept[length++] = (byte)',';
                }

                token.CopyTo(kept[length..]);
                length += token.Length;
            }
        }

        if (length == 0)
        {
            headers.Remove(KnownHeader.Connection);
        }
        else
        {
            headers.Set(KnownHeader.Connection, kept[..length]);
        }
    }
}
