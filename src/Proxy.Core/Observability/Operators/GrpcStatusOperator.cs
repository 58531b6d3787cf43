using System.Buffers.Text;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Observability.Operators;

/// <summary>How a gRPC status is written.</summary>
internal enum GrpcStatusStyle
{
    Camel,
    Snake,
    Number,
}

/// <summary><c>%GRPC_STATUS%</c>: from the trailers, else from the head, else as the HTTP status maps; only of gRPC requests.</summary>
internal sealed class GrpcStatusOperator(GrpcStatusStyle style) : FormatOperator
{
    private static readonly string[] Camel =
    [
        "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
        "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated",
    ];

    private static readonly string[] Snake =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryRead(entry, out var status))
        {
            return false;
        }

        var names = style == GrpcStatusStyle.Snake ? Snake : Camel;
        if (style == GrpcStatusStyle.Number || (uint)status >= (uint)names.Length)
        {
            writer.Write(status);
        }
        else
        {
            writer.Write(names[status]);
        }

        return true;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        return style == GrpcStatusStyle.Number ? TryWrite(entry, writer) : base.TryWriteJson(entry, writer);
    }

    private static bool TryRead(in AccessLogEntry entry, out int status)
    {
        status = 0;
        return entry.RequestHeaders is not null && GrpcRequest.Is(entry.RequestHeaders) && TryReadAny(entry, out status);
    }

    /// <summary>The status of an answer, gRPC or not; false when there was none.</summary>
    public static bool TryReadAny(in AccessLogEntry entry, out int status)
    {
        if (TryRead(entry.ResponseTrailers, out status) || TryRead(entry.ResponseHeaders, out status))
        {
            return true;
        }

        status = entry.Info.ResponseCode switch
        {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 or 502 or 503 or 504 => 14,
            _ => 2,
        };
        return entry.Info.ResponseCode != 0;
    }

    private static bool TryRead(HeaderMap? headers, out int status)
    {
        status = 0;
        return headers is not null && headers.TryGet(KnownHeader.GrpcStatus, out var value)
            && Utf8Parser.TryParse(value, out status, out var used) && used == value.Length;
    }
}
