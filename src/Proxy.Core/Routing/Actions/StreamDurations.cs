using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing.Actions;

/// <summary>Compiled limits of a route that go by <c>grpc-timeout</c> or concern the whole stream. Times in ms. Immutable.</summary>
internal sealed class StreamDurations
{
    private readonly long? _grpcMax;
    private readonly long _grpcOffset;
    private readonly long? _max;
    private readonly long? _headerMax;
    private readonly long _headerOffset;

    private StreamDurations(ForwardActionConfig config)
    {
        _grpcMax = Milliseconds(config.MaxGrpcTimeout);
        _grpcOffset = Milliseconds(config.GrpcTimeoutOffset) ?? 0;
        HasStreamLimit = config.StreamDuration is not null;
        _max = Milliseconds(config.StreamDuration?.Max);
        _headerMax = Milliseconds(config.StreamDuration?.GrpcTimeoutMax);
        _headerOffset = Milliseconds(config.StreamDuration?.GrpcTimeoutOffset) ?? 0;
    }

    /// <summary>The route speaks of the stream's duration; then there is no other limit for the answer.</summary>
    public bool HasStreamLimit { get; }

    /// <summary>A gRPC request's timeout is what it asks for, within limits.</summary>
    public bool CapsGrpcTimeout => _grpcMax is not null && !HasStreamLimit;

    /// <summary>Compiles what <paramref name="config"/> says; null when it says nothing.</summary>
    public static StreamDurations? Compile(ForwardActionConfig config)
    {
        return config.StreamDuration is null && config.MaxGrpcTimeout is null ? null : new StreamDurations(config);
    }

    /// <summary>Time for the answer to a gRPC request; 0 for no limit.</summary>
    public long CapGrpcTimeout(HeaderMap headers)
    {
        var timeout = GrpcTimeout.Read(headers) ?? 0;
        if (_grpcOffset < timeout)
        {
            timeout -= _grpcOffset;
        }

        return _grpcMax is > 0 and var max && (timeout == 0 || timeout > max) ? max : timeout;
    }

    /// <summary>Time for the whole stream; 0 when it has to be over now, null for no limit.</summary>
    /// <param name="headers">The request's head.</param>
    /// <param name="unset">What holds when the route says nothing; null for no limit.</param>
    public long? MaxFor(HeaderMap headers, long? unset)
    {
        if (_headerMax is not { } max || GrpcTimeout.Read(headers) is not { } timeout)
        {
            return _max is { } own ? (own == 0 ? null : own) : unset;
        }

        timeout = max > 0 ? Math.Min(timeout, max) : timeout;
        return timeout > 0 ? Math.Max(0, timeout - _headerOffset) : 0;
    }

    private static long? Milliseconds(TimeSpan? time) => time is { } value ? (long)value.TotalMilliseconds : null;
}
