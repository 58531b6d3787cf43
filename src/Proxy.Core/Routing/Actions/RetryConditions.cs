namespace Proxy.Routing.Actions;

/// <summary>What a request is retried for, by the names of Envoy's <c>retry_on</c>.</summary>
[Flags]
internal enum RetryConditions
{
    None = 0,
    ServerError = 1 << 0,
    GatewayError = 1 << 1,
    ConnectFailure = 1 << 2,
    Retriable4xx = 1 << 3,
    RefusedStream = 1 << 4,
    Reset = 1 << 5,
    ResetBeforeRequest = 1 << 6,
    RetriableStatusCodes = 1 << 7,
    RetriableHeaders = 1 << 8,
    RateLimited = 1 << 9,
    GrpcCancelled = 1 << 10,
    GrpcDeadlineExceeded = 1 << 11,
    GrpcInternal = 1 << 12,
    GrpcResourceExhausted = 1 << 13,
    GrpcUnavailable = 1 << 14,

    /// <summary>All those that look at <c>grpc-status</c>.</summary>
    Grpc = GrpcCancelled | GrpcDeadlineExceeded | GrpcInternal | GrpcResourceExhausted | GrpcUnavailable,
}

/// <summary>Reads conditions from text.</summary>
internal static class RetryConditionsReader
{
    /// <summary>The conditions of HTTP in <paramref name="list"/>; false when it names one that there is not.</summary>
    public static bool TryReadHttp(ReadOnlySpan<byte> list, ref RetryConditions conditions) => TryRead(list, Http, ref conditions);

    /// <summary>The conditions of gRPC in <paramref name="list"/>; false when it names one that there is not.</summary>
    public static bool TryReadGrpc(ReadOnlySpan<byte> list, ref RetryConditions conditions) => TryRead(list, Grpc, ref conditions);

    private static bool TryRead(ReadOnlySpan<byte> list, Reader reader, ref RetryConditions conditions)
    {
        var known = true;
        foreach (var range in list.Split((byte)','))
        {
            var condition = reader(list[range].Trim(" \t"u8));
            known &= condition != RetryConditions.None;
            conditions |= condition;
        }

        return known;
    }

    private static RetryConditions Http(ReadOnlySpan<byte> name)
    {
        return name.SequenceEqual("5xx"u8) ? RetryConditions.ServerError
            : name.SequenceEqual("gateway-error"u8) ? RetryConditions.GatewayError
            : name.SequenceEqual("connect-failure"u8) ? RetryConditions.ConnectFailure
            : name.SequenceEqual("retriable-4xx"u8) ? RetryConditions.Retriable4xx
            : name.SequenceEqual("refused-stream"u8) ? RetryConditions.RefusedStream
            : name.SequenceEqual("reset"u8) ? RetryConditions.Reset
            : name.SequenceEqual("reset-before-request"u8) ? RetryConditions.ResetBeforeRequest
            : name.SequenceEqual("retriable-status-codes"u8) ? RetryConditions.RetriableStatusCodes
            : name.SequenceEqual("retriable-headers"u8) ? RetryConditions.RetriableHeaders
            : name.SequenceEqual("envoy-ratelimited"u8) ? RetryConditions.RateLimited
            : RetryConditions.None;
    }

    private static RetryConditions Grpc(ReadOnlySpan<byte> name)
    {
        return name.SequenceEqual("cancelled"u8) ? RetryConditions.GrpcCancelled
            : name.SequenceEqual("deadline-exceeded"u8) ? RetryConditions.GrpcDeadlineExceeded
            : name.SequenceEqual("internal"u8) ? RetryConditions.GrpcInternal
            : name.SequenceEqual("resource-exhausted"u8) ? RetryConditions.GrpcResourceExhausted
            : name.SequenceEqual("unavailable"u8) ? RetryConditions.GrpcUnavailable
            : RetryConditions.None;
    }

    private delegate RetryConditions Reader(ReadOnlySpan<byte> name);
}
