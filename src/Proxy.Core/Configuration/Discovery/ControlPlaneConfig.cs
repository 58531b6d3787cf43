namespace Proxy.Configuration.Discovery;

/// <summary>How a control plane is asked (Envoy <c>ApiConfigSource.ApiType</c>).</summary>
public enum ControlPlaneProtocol
{
    /// <summary>By polling over HTTP with JSON.</summary>
    Rest,

    /// <summary>Over a gRPC stream; each answer has all resources.</summary>
    Grpc,

    /// <summary>Over a gRPC stream; each answer has what changed.</summary>
    DeltaGrpc,
}

/// <summary>How a control plane is reached (Envoy <c>core.v3.ApiConfigSource</c>).</summary>
public sealed record ControlPlaneConfig
{
    /// <summary>How it is asked.</summary>
    public required ControlPlaneProtocol Protocol { get; init; }

    /// <summary>Where it is reached (<c>cluster_names</c>, <c>grpc_services</c>). One; the stream for all kinds may have a second, its failover, which is used when
    /// the first has failed twice and never answered (Envoy <c>xds_failover_support</c>).</summary>
    public required ConfigList<ControlPlaneTargetConfig> Targets { get; init; }

    /// <summary>The primary is tried again when a failover that has answered is lost (runtime feature <c>xds_failover_to_primary_enabled</c>). Default false: the
    /// failover is kept.</summary>
    public bool ReturnsToPrimary { get; init; }

    /// <summary>Time between polls; a random part of as much again is added. REST only.</summary>
    public TimeSpan RefreshDelay { get; init; }

    /// <summary>Time for an answer. REST only. Default 1 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Limits requests; null for no limit.</summary>
    public RequestRateConfig? RateLimit { get; init; }

    /// <summary>Names the node in the first request of a stream only. Default false.</summary>
    public bool NodeOnFirstMessageOnly { get; init; }
}

/// <summary>One place of a control plane (Envoy <c>GrpcService</c>).</summary>
/// <param name="Cluster">The cluster; what logs call it, where it is reached without one.</param>
public sealed record ControlPlaneTargetConfig(string Cluster)
{
    /// <summary>Name in <c>:authority</c>; empty uses the cluster's.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Headers of every call, by name.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Where it is reached without a cluster; null for through <see cref="Cluster"/>. gRPC only.</summary>
    public DirectTargetConfig? Direct { get; init; }

    /// <summary>First pause before a lost stream is opened again. Default 500 ms.</summary>
    public TimeSpan RetryBase { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause. Default 30 s.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A token bucket (Envoy <c>core.v3.RateLimitSettings</c>).</summary>
/// <param name="MaxTokens">Requests at once. Default 100.</param>
/// <param name="FillRate">Further requests a second. Default 10.</param>
public sealed record RequestRateConfig(uint MaxTokens = 100, double FillRate = 10);
