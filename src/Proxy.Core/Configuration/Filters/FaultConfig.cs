using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that delays and fails requests on purpose (Envoy <c>fault.v3.HTTPFault</c>); routes may carry one in place of the chain's.</summary>
public sealed record FaultConfig
{
    /// <summary>Answers in place of the upstream; null for not.</summary>
    public FaultAbortConfig? Abort { get; init; }

    /// <summary>Lets requests wait; null for not.</summary>
    public FaultDelayConfig? Delay { get; init; }

    /// <summary>Slows responses down; null for not.</summary>
    public FaultRateLimitConfig? ResponseRateLimit { get; init; }

    /// <summary>Only requests to this cluster; empty for all.</summary>
    public string UpstreamCluster { get; init; } = "";

    /// <summary>Only requests of these nodes, as <c>x-envoy-downstream-service-node</c> names them; empty for all.</summary>
    public ConfigList<string> DownstreamNodes { get; init; } = [];

    /// <summary>Only requests whose headers fulfil all of these.</summary>
    public ConfigList<HeaderMatcherConfig> Headers { get; init; } = [];

    /// <summary>Requests that may be at fault at a time; null for any number.</summary>
    public long? MaxActiveFaults { get; init; }

    /// <summary>Runtime key that overrides <see cref="MaxActiveFaults"/>.</summary>
    public string MaxActiveFaultsKey { get; init; } = "fault.http.max_active_faults";

    /// <summary>Dynamic metadata of requests that are delayed or aborted, under <c>envoy.filters.http.fault</c>: a JSON object; empty for none.</summary>
    public string Metadata { get; init; } = "";
}

/// <summary>A failure (Envoy <c>fault.v3.FaultAbort</c>).</summary>
/// <param name="Status">Status of the answer, 200 to 599; 0 where <see cref="GrpcStatus"/> or <see cref="IsByHeader"/> is set.</param>
/// <param name="Share">Share of the requests.</param>
public sealed record FaultAbortConfig(int Status, FractionConfig Share)
{
    /// <summary>gRPC status of an answer with status 200, told to gRPC clients; null for an HTTP status.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>
    /// Requests say it themselves: <c>x-envoy-fault-abort-request</c>, <c>x-envoy-fault-abort-grpc-request</c>, and
    /// <c>x-envoy-fault-abort-request-percentage</c> for less than <see cref="Share"/>. Default false.
    /// </summary>
    public bool IsByHeader { get; init; }

    /// <summary>Runtime key that overrides the HTTP status.</summary>
    public string StatusKey { get; init; } = "fault.http.abort.http_status";

    /// <summary>Runtime key that overrides the gRPC status.</summary>
    public string GrpcStatusKey { get; init; } = "fault.http.abort.grpc_status";
}

/// <summary>A delay (Envoy <c>common.fault.v3.FaultDelay</c>).</summary>
/// <param name="Delay">How long.</param>
/// <param name="Share">Share of the requests.</param>
public sealed record FaultDelayConfig(TimeSpan Delay, FractionConfig Share)
{
    /// <summary>
    /// Requests say it themselves: <c>x-envoy-fault-delay-request</c> in ms, and <c>x-envoy-fault-delay-request-percentage</c> for less than
    /// <see cref="Share"/>. Default false.
    /// </summary>
    public bool IsByHeader { get; init; }

    /// <summary>Runtime key that overrides the time, in ms.</summary>
    public string DurationKey { get; init; } = "fault.http.delay.fixed_duration_ms";
}

/// <summary>A slow response (Envoy <c>common.fault.v3.FaultRateLimit</c>).</summary>
/// <param name="KibibytesPerSecond">Bytes of the body that pass, in 1,024 a second; 1 or more.</param>
/// <param name="Share">Share of the requests.</param>
public sealed record FaultRateLimitConfig(long KibibytesPerSecond, FractionConfig Share)
{
    /// <summary>
    /// Requests say it themselves: <c>x-envoy-fault-throughput-response</c> in KiB a second, and
    /// <c>x-envoy-fault-throughput-response-percentage</c> for less than <see cref="Share"/>. Default false.
    /// </summary>
    public bool IsByHeader { get; init; }
}
