using System.Buffers;
using Proxy.Http;

namespace Proxy.Streams;

/// <summary>Local replies as gRPC clients want them: status 200, the fault in <c>grpc-status</c> and <c>grpc-message</c>, no body.</summary>
internal static class GrpcReply
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Where(static b => b != '%').Select(static b => (byte)b)]);

    // By gRPC status (google.rpc.Code's mapping).
    private static readonly int[] HttpStatuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

    /// <summary>True for <c>application/grpc</c> and its <c>+</c> variants.</summary>
    public static bool IsGrpcRequest(HeaderMap headers)
    {
        return headers.TryGet(KnownHeader.ContentType, out var type) && type.StartsWith("application/grpc"u8)
            && (type.Length == 16 || type[16] == (byte)'+');
    }

    /// <summary>True for an answer that a gRPC client understands: a success with messages, or nothing but a <c>grpc-status</c>.</summary>
    public static bool IsGrpcResponse(HeaderMap headers, bool endStream)
    {
        return endStream ? headers.Contains(KnownHeader.GrpcStatus) : headers.Get(KnownHeader.Status).SequenceEqual("200"u8) && IsGrpcRequest(headers);
    }

    /// <summary>Rewrites the head of a local reply.</summary>
    public static void Convert(HeaderMap headers, ReadOnlySpan<byte> body)
    {
        var status = ParseStatus(headers.Get(KnownHeader.Status));
        headers.Set(KnownHeader.Status, "200"u8);
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
        if (headers.Get(KnownHeader.GrpcStatus).IsEmpty)
        {
            headers.Set(KnownHeader.GrpcStatus, StatusOf(status));
        }

        if (!body.IsEmpty && headers.Get(KnownHeader.GrpcMessage).IsEmpty)
        {
            SetMessage(headers, body);
        }

        headers.Remove(KnownHeader.ContentLength);
    }

    /// <summary>The gRPC status that stands for an HTTP status (gRPC "HTTP to gRPC status code mapping").</summary>
    public static int StatusOf(int httpStatus)
    {
        return httpStatus switch
        {
            400 => 13, // INTERNAL
            401 => 16, // UNAUTHENTICATED
            403 => 7, // PERMISSION_DENIED
            404 => 12, // UNIMPLEMENTED
            429 or 502 or 503 or 504 => 14, // UNAVAILABLE
            _ => 2, // UNKNOWN
        };
    }

    /// <summary>The HTTP status that the gRPC status in a head stands for; null when there is none.</summary>
    public static int? HttpStatusOf(HeaderMap headers)
    {
        return headers.TryGet(KnownHeader.GrpcStatus, out var text) && System.Buffers.Text.Utf8Parser.TryParse(text, out int status, out var used)
            && used == text.Length && status is >= 0 and < 17 ? HttpStatuses[status] : null;
    }

    private static int ParseStatus(ReadOnlySpan<byte> text)
    {
        return System.Buffers.Text.Utf8Parser.TryParse(text, out int status, out _) ? status : 0;
    }

    /// <summary>Sets <c>grpc-message</c>, percent-encoded.</summary>
    public static void SetMessage(HeaderMap headers, ReadOnlySpan<byte> body)
    {
        if (!body.ContainsAnyExcept(Plain))
        {
            headers.Set(KnownHeader.GrpcMessage, body);
            return;
        }

        var encoded = new byte[body.Length * 3];
        var length = 0;
        foreach (var b in body)
        {
            if (Plain.Contains(b))
            {
                encoded[length++] = b;
                continue;
            }

            encoded[length++] = (byte)'%';
            encoded[length++] = "0123456789ABCDEF"u8[b >> 4];
            encoded[length++] = "0123456789ABCDEF"u8[b & 15];
        }

        headers.Set(KnownHeader.GrpcMessage, encoded.AsSpan(0, length));
    }
}
