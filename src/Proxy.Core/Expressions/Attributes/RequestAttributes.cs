using System.Buffers.Text;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Routing.Matching;

namespace Proxy.Expressions.Attributes;

/// <summary><c>request.…</c></summary>
internal static class RequestAttributes
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    public static AttributeMap Create() => new AttributeMap()
        .Add("headers", new HeadersNode(HeaderSource.Request))
        .Add("path", static (in CelContext c) => Header(c, KnownHeader.Path))
        .Add("url_path", static (in CelContext c) => c.Data.RequestHeaders is { } headers ? CelValue.OfText(QueryString.Split(headers.Get(KnownHeader.Path), out _)) : CelValue.NoSuchKey)
        .Add("query", static (in CelContext c) => Query(c))
        .Add("host", static (in CelContext c) => Header(c, KnownHeader.Authority))
        .Add("scheme", static (in CelContext c) => Header(c, KnownHeader.Scheme))
        .Add("method", static (in CelContext c) => Header(c, KnownHeader.Method))
        .Add("referer", new HeadersNode(HeaderSource.Request).Of("referer"))
        .Add("id", static (in CelContext c) => Header(c, KnownHeader.XRequestId))
        .Add("useragent", static (in CelContext c) => Header(c, KnownHeader.UserAgent))
        .Add("protocol", static (in CelContext c) => Protocol(c.Data.Info?.Protocol))
        .Add("time", static (in CelContext c) => c.Data.Info is { } info ? CelValue.OfTimestamp(info.StartTime.UtcTicks) : CelValue.NoSuchKey)
        .Add("duration", static (in CelContext c) => c.Data.Info is { EndMicroseconds: > 0 } info ? Microseconds(info.EndMicroseconds - info.StartMicroseconds) : CelValue.NoSuchKey)
        .Add("headers_bytes", static (in CelContext c) => CelValue.Of((long)(c.Data.RequestHeaders?.ByteSize ?? 0)))
        .Add("size", static (in CelContext c) => Size(c))
        .Add("total_size", static (in CelContext c) => c.Data.Info is { } info ? CelValue.Of(info.BytesReceived + (c.Data.RequestHeaders?.ByteSize ?? 0)) : CelValue.NoSuchKey);

    public static CelValue Microseconds(long value) => CelValue.OfDuration(value * TicksPerMicrosecond);

    private static CelValue Header(in CelContext context, KnownHeader header) =>
        context.Data.RequestHeaders is { } headers && headers.TryGet(header, out var value) ? CelValue.OfText(value) : CelValue.NoSuchKey;

    private static CelValue Query(in CelContext context)
    {
        if (context.Data.RequestHeaders is not { } headers)
        {
            return CelValue.NoSuchKey;
        }

        QueryString.Split(headers.Get(KnownHeader.Path), out var query);
        var fragment = query.IndexOf((byte)'#');
        return CelValue.OfText(fragment < 0 ? query : query[..fragment]);
    }

    private static CelValue Protocol(HttpProtocol? protocol) => protocol switch
    {
        HttpProtocol.Http10 => CelValue.OfText("HTTP/1.0"u8),
        HttpProtocol.Http11 => CelValue.OfText("HTTP/1.1"u8),
        HttpProtocol.Http2 => CelValue.OfText("HTTP/2"u8),
        _ => CelValue.NoSuchKey,
    };

    // What is announced, or else what has come.
    private static CelValue Size(in CelContext context)
    {
        if (context.Data.RequestHeaders is { } headers && headers.TryGet(KnownHeader.ContentLength, out var text))
        {
            return Utf8Parser.TryParse(text, out long length, out var used) && used == text.Length ? CelValue.Of(length) : CelValue.NoSuchKey;
        }

        return context.Data.Info is { } info ? CelValue.Of(info.BytesReceived) : CelValue.NoSuchKey;
    }
}
