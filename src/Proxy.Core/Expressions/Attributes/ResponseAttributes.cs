using Proxy.Observability;
using Proxy.Observability.Operators;
using HeaderSource = Proxy.Matching.HeaderSource;

namespace Proxy.Expressions.Attributes;

/// <summary><c>response.…</c></summary>
internal static class ResponseAttributes
{
    public static AttributeMap Create() => new AttributeMap()
        .Add("headers", new HeadersNode(HeaderSource.Response))
        .Add("trailers", new HeadersNode(HeaderSource.ResponseTrailers))
        .Add("code", static (in CelContext c) => c.Data.Info is { ResponseCode: > 0 } info ? CelValue.Of((long)info.ResponseCode) : CelValue.NoSuchKey)
        .Add("code_details", static (in CelContext c) => c.TextOrMissing(c.Data.Info?.ResponseCodeDetails))
        .Add("flags", static (in CelContext c) => c.Data.Info is { } info ? CelValue.Of((long)info.Flags) : CelValue.NoSuchKey)
        .Add("grpc_status", static (in CelContext c) => GrpcStatus(c))
        .Add("headers_bytes", static (in CelContext c) => CelValue.Of((long)(c.Data.ResponseHeaders?.ByteSize ?? 0)))
        .Add("size", static (in CelContext c) => c.Data.Info is { } info ? CelValue.Of(info.BytesSent) : CelValue.NoSuchKey)
        .Add("total_size", static (in CelContext c) => c.Data.Info is { } info
            ? CelValue.Of(info.BytesSent + (c.Data.ResponseHeaders?.ByteSize ?? 0) + (c.Data.ResponseTrailers?.ByteSize ?? 0))
            : CelValue.NoSuchKey)
        .Add("backend_latency", static (in CelContext c) => c.Data.Info is { UpstreamLastReceivedMicroseconds: > 0, UpstreamFirstSentMicroseconds: > 0 } info
            ? RequestAttributes.Microseconds(info.UpstreamLastReceivedMicroseconds - info.UpstreamFirstSentMicroseconds)
            : CelValue.NoSuchKey);

    private static CelValue GrpcStatus(in CelContext context)
    {
        if (context.Data.Info is not { } info || context.Data.Worker is not { } worker)
        {
            return CelValue.NoSuchKey;
        }

        var entry = new AccessLogEntry { Worker = worker, Info = info, ResponseHeaders = context.Data.ResponseHeaders, ResponseTrailers = context.Data.ResponseTrailers };
        return GrpcStatusOperator.TryReadAny(entry, out var status) ? CelValue.Of((long)status) : CelValue.NoSuchKey;
    }
}
