namespace Proxy.Http.H1;

/// <summary>Which methods are taken.</summary>
internal static class HttpMethods
{
    /// <summary>True when <paramref name="first"/> can begin a method; anything else cannot become a request.</summary>
    public static bool CanBegin(byte first, bool custom)
    {
        return custom ? Http1Chars.Token.Contains(first) : first is >= (byte)'A' and <= (byte)'U' and not ((byte)'E' or (byte)'F' or (byte)'I' or (byte)'J' or (byte)'K' or (byte)'Q');
    }

    /// <summary>True for the registered methods in upper case; with <paramref name="custom"/> for every token.</summary>
    public static bool IsValid(ReadOnlySpan<byte> method, bool custom)
    {
        return custom ? method.IndexOfAnyExcept(Http1Chars.Token) < 0 : IsRegistered(method);
    }

    /// <summary>True for methods whose requests have no body of their own: no <c>content-length: 0</c> is sent with them.</summary>
    public static bool IsBodiless(ReadOnlySpan<byte> method)
    {
        return method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("TRACE"u8)
            || method.SequenceEqual("CONNECT"u8);
    }

    private static bool IsRegistered(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 => method.SequenceEqual("GET"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("ACL"u8),
        4 => IsOneOf(method, "POSTHEADCOPYLINKLOCKMOVEBIND"u8),
        5 => IsOneOf(method, "PATCHTRACEMERGEMKCOLPURGE"u8),
        6 => IsOneOf(method, "DELETEREPORTNOTIFYREBINDSEARCHSOURCEUNBINDUNLINKUNLOCK"u8),
        7 => method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("CONNECT"u8),
        8 => IsOneOf(method, "PROPFINDCHECKOUTM-SEARCH"u8),
        9 => IsOneOf(method, "PROPPATCHSUBSCRIBE"u8),
        10 => IsOneOf(method, "MKACTIVITYMKCALENDAR"u8),
        11 => method.SequenceEqual("UNSUBSCRIBE"u8),
        _ => false,
    };

    private static bool IsOneOf(ReadOnlySpan<byte> method, ReadOnlySpan<byte> names)
    {
        for (; !names.IsEmpty; names = names[method.Length..])
        {
            if (names.StartsWith(method))
            {
                return true;
            }
        }

        return false;
    }
}
