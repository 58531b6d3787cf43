namespace Proxy.Http.H1;

/// <summary>The parts of a request line (RFC 9112 section 3): method, target and version, apart by any number of blanks.</summary>
internal readonly ref struct RequestLine
{
    private RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, HttpProtocol protocol, bool hasVersion)
    {
        HasVersion = hasVersion;
        Method = method;
        Target = target;
        Protocol = protocol;
    }

    /// <summary>The method.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The target as it was sent.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>HTTP/1.1, or HTTP/1.0 for every other version and for none.</summary>
    public HttpProtocol Protocol { get; }

    /// <summary>False for the line of HTTP/0.9, which is the whole request.</summary>
    public bool HasVersion { get; }

    /// <summary>Takes a line apart; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, bool customMethods, out RequestLine result)
    {
        result = default;
        var blank = line.IndexOfAny((byte)' ', (byte)'\t');
        if (blank <= 0)
        {
            return false;
        }

        var method = line[..blank];
        var rest = FieldReader.TrimBlanks(line[blank..]);
        blank = rest.IndexOfAny((byte)' ', (byte)'\t');
        var target = blank < 0 ? rest : rest[..blank];
        var version = blank < 0 ? default : FieldReader.TrimBlanks(rest[blank..]);
        var connect = method.SequenceEqual("CONNECT"u8);
        if (!HttpMethods.IsValid(method, customMethods) || !RequestTarget.IsValid(target, connect))
        {
            return false;
        }

        var protocol = HttpProtocol.Http10;
        if (version.IsEmpty ? connect : !HttpVersion.TryParse(version, out protocol))
        {
            return false;
        }

        result = new RequestLine(method, target, protocol, !version.IsEmpty);
        return true;
    }
}
