namespace Proxy.Configuration.Http;

/// <summary>Limits of a stream's duration, from its first byte on (Envoy <c>RouteAction.MaxStreamDuration</c>).</summary>
public sealed record StreamDurationConfig
{
    /// <summary>Longest time of a stream; zero for any; null leaves it to the connection manager.</summary>
    public TimeSpan? Max { get; init; }

    /// <summary>Takes <c>grpc-timeout</c> for the longest time, at most this; zero without a limit; null takes no notice of the header.</summary>
    public TimeSpan? GrpcTimeoutMax { get; init; }

    /// <summary>What is taken off a <c>grpc-timeout</c>, so that the client is told before it gives up by itself.</summary>
    public TimeSpan? GrpcTimeoutOffset { get; init; }
}
