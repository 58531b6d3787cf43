using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Observability.Operators;

/// <summary>Which head or trailers a <see cref="HeaderOperator"/> looks into.</summary>
internal enum HeaderSource
{
    Request,
    Response,
    Trailers,
}

/// <summary><c>%REQ(X?Y)%</c>, <c>%RESP(X?Y)%</c>, <c>%TRAILER(X?Y)%</c>: the first value of a header, or of another when it is missing.</summary>
internal sealed class HeaderOperator : FormatOperator
{
    private readonly HeaderSource _source;
    private readonly HeaderName _main;
    private readonly HeaderName? _alternative;
    private readonly bool _withoutQuery;

    private HeaderOperator(HeaderSource source, string main, string? alternative, bool withoutQuery)
    {
        _withoutQuery = withoutQuery;
        _source = source;
        _main = HeaderName.Of(main);
        _alternative = string.IsNullOrEmpty(alternative) ? null : HeaderName.Of(alternative);
    }

    /// <summary>The operator for <paramref name="argument"/>; null when it is no header name or pair of them.</summary>
    public static HeaderOperator? TryCreate(HeaderSource source, string argument, bool withoutQuery = false)
    {
        var names = argument.Split('?');
        var good = argument.Length > 0 && names.Length <= 2 && Array.TrueForAll(names, static name => name.Length == 0 || HeaderName.IsValid(name));
        return good ? new HeaderOperator(source, names[0], names.Length > 1 ? names[1] : null, withoutQuery) : null;
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        var headers = _source switch
        {
            HeaderSource.Request => entry.RequestHeaders,
            HeaderSource.Response => entry.ResponseHeaders,
            _ => entry.ResponseTrailers,
        };
        if (headers is null || !TryFind(headers, out var value))
        {
            return false;
        }

        var query = _withoutQuery ? value.IndexOf((byte)'?') : -1;
        writer.Write(query < 0 ? value : value[..query]);
        return true;
    }

    private bool TryFind(HeaderMap headers, out ReadOnlySpan<byte> value)
    {
        return _main.TryGet(headers, out value) || (_alternative is { } other && other.TryGet(headers, out value));
    }
}
