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

/// <summary>Reads conditions from lists of their names; unknown ones are ignored, as in Envoy.</summary>
internal static class RetryConditionsReader
{
    private static readonly (byte[] Name, RetryConditions Condition)[] Http =
    [
        ("5xx"u8.ToArray(), RetryConditions.ServerError),
        ("gateway-error"u8.ToArray(), RetryConditions.GatewayError),
        ("connect-failure"u8.ToArray(), RetryConditions.ConnectFailure),
        ("retriable-4xx"u8.ToArray(), RetryConditions.Retriable4xx),
        ("refused-stream"u8.ToArray(), RetryConditions.RefusedStream),
        ("reset"u8.ToArray(), RetryConditions.Reset),
        ("reset-before-request"u8.ToArray(), RetryConditions.ResetBeforeRequest),
        ("retriable-status-codes"u8.ToArray(), RetryConditions.RetriableStatusCodes),
        ("retriable-headers"u8.ToArray(), RetryConditions.RetriableHeaders),
        ("envoy-ratelimited"u8.ToArray(), RetryConditions.RateLimited),
    ];

    private static readonly (byte[] Name, RetryConditions Condition)[] Grpc =
    [
        ("cancelled"u8.ToArray(), RetryConditions.GrpcCancelled),
        ("deadline-exceeded"u8.ToArray(), RetryConditions.GrpcDeadlineExceeded),
        ("internal"u8.ToArray(), RetryConditions.GrpcInternal),
        ("resource-exhausted"u8.ToArray(), RetryConditions.GrpcResourceExhausted),
        ("unavailable"u8.ToArray(), RetryConditions.GrpcUnavailable),
    ];

    /// <summary>The conditions of HTTP in <paramref name="list"/>.</summary>
    public static RetryConditions ReadHttp(ReadOnlySpan<byte> list) => Read(list, Http);

    /// <summary>The conditions of gRPC in <paramref name="list"/>.</summary>
    public static RetryConditions ReadGrpc(ReadOnlySpan<byte> list) => Read(list, Grpc);

    /// <summary>True when every condition in <paramref name="list"/> is one of HTTP.</summary>
    public static bool KnowsHttp(ReadOnlySpan<byte> list) => Knows(list, Http);

    /// <summary>True when every condition in <paramref name="list"/> is one of gRPC.</summary>
    public static bool KnowsGrpc(ReadOnlySpan<byte> list) => Knows(list, Grpc);

    private static bool Knows(ReadOnlySpan<byte> list, (byte[] Name, RetryConditions Condition)[] known)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (Read(list[range], known) == RetryConditions.None)
            {
                return false;
            }
        }

        return true;
    }

    private static RetryConditions Read(ReadOnlySpan<byte> list, (byte[] Name, RetryConditions Condition)[] known)
    {
        var conditions = RetryConditions.None;
        foreach (var range in list.Split((byte)','))
        {
            var name = list[range].Trim(" \t"u8);
            foreach (var (knownName, condition) in known)
            {
                conditions |= name.SequenceEqual(knownName) ? condition : RetryConditions.None;
            }
        }

        return conditions;
    }
}
