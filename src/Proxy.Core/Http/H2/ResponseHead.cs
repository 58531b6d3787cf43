namespace Proxy.Http.H2;

/// <summary>What a response's pseudo header has to be (RFC 9113 section 8.3.2).</summary>
internal static class ResponseHead
{
    /// <summary>The status; 0 when there is none that could be one.</summary>
    public static int StatusOf(HeaderMap headers)
    {
        var status = headers.Get(KnownHeader.Status);
        return status.Length == 3 && char.IsBetween((char)status[0], '1', '9') && char.IsAsciiDigit((char)status[1]) && char.IsAsciiDigit((char)status[2])
            ? ((status[0] - '0') * 100) + ((status[1] - '0') * 10) + status[2] - '0'
            : 0;
    }
}
