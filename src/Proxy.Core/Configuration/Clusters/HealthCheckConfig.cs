using Proxy.Configuration.Http;

namespace Proxy.Configuration.Clusters;

/// <summary>Asks hosts regularly whether they are well (Envoy <c>core.v3.HealthCheck</c>).</summary>
/// <param name="Probe">How they are asked.</param>
public sealed record HealthCheckConfig(HealthProbeConfig Probe)
{
    /// <summary>A JSON object that stands in for the hosts' metadata when the transport of checks is chosen (<c>transport_socket_match_criteria</c>); empty for none.</summary>
    public string TransportLabels { get; init; } = "";

    /// <summary>Time for an answer.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Time between the end of a check and the next one.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Failures in a row after which a host is unhealthy; an answer that says no is enough.</summary>
    public required uint UnhealthyThreshold { get; init; }

    /// <summary>Successes in a row after which a host is healthy again; the very first check counts at once.</summary>
    public required uint HealthyThreshold { get; init; }

    /// <summary>The first check waits a random time, at most this long. Default none.</summary>
    public TimeSpan InitialJitter { get; init; }

    /// <summary>Added to each interval at random, at most this much. Default none.</summary>
    public TimeSpan IntervalJitter { get; init; }

    /// <summary>Added to each interval at random, at most this share of it in percent. Default 0.</summary>
    public uint IntervalJitterPercent { get; init; }

    /// <summary>Interval before the cluster has had its first connection. Default 60 s.</summary>
    public TimeSpan NoTrafficInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for healthy hosts; null is <see cref="NoTrafficInterval"/>.</summary>
    public TimeSpan? NoTrafficHealthyInterval { get; init; }

    /// <summary>Interval of unhealthy hosts; null is <see cref="Interval"/>.</summary>
    public TimeSpan? UnhealthyInterval { get; init; }

    /// <summary>Interval after a first failure; null is the one of unhealthy hosts.</summary>
    public TimeSpan? UnhealthyEdgeInterval { get; init; }

    /// <summary>Interval after a first success; null is <see cref="Interval"/>.</summary>
    public TimeSpan? HealthyEdgeInterval { get; init; }

    /// <summary>Keeps the connection between checks. Default true.</summary>
    public bool ReuseConnection { get; init; } = true;

    /// <summary>Port that is asked in place of the host's; null for the host's.</summary>
    public int? AltPort { get; init; }

    /// <summary>File that events are written to; empty for none.</summary>
    public string EventLogPath { get; init; } = "";

    /// <summary>Logs every failure, not only the first one. Default false.</summary>
    public bool AlwaysLogFailures { get; init; }

    /// <summary>Logs every success. Default false.</summary>
    public bool AlwaysLogSuccesses { get; init; }
}

/// <summary>How a host is asked.</summary>
public abstract record HealthProbeConfig;

/// <summary>By connecting, and by what it says then (Envoy <c>TcpHealthCheck</c>).</summary>
public sealed record TcpHealthProbeConfig : HealthProbeConfig
{
    /// <summary>What is sent, as hexadecimal digits; empty for nothing.</summary>
    public string Send { get; init; } = "";

    /// <summary>What the answer must have inside, in this order, as hexadecimal digits; without any, to connect is enough.</summary>
    public ConfigList<string> Receive { get; init; } = [];
}

/// <summary>By an HTTP request (Envoy <c>HttpHealthCheck</c>).</summary>
/// <param name="Path">What is asked for.</param>
public sealed record HttpHealthProbeConfig(string Path) : HealthProbeConfig
{
    /// <summary>Body of the request, in hexadecimal digits; empty for none.</summary>
    public string Send { get; init; } = "";

    /// <summary>Name of the host in the request; empty is the name of the cluster. A host's own name goes before.</summary>
    public string Host { get; init; } = "";

    /// <summary>The method. Default GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>It goes over HTTP/2, by prior knowledge. Default false: HTTP/1.1.</summary>
    public bool UsesHttp2 { get; init; }

    /// <summary>Headers of the request.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;

    /// <summary>Statuses that say yes. Default 200.</summary>
    public ConfigList<Int64Range> ExpectedStatuses { get; init; } = [];

    /// <summary>Statuses that say no only after <see cref="HealthCheckConfig.UnhealthyThreshold"/> of them. Default none.</summary>
    public ConfigList<Int64Range> RetriableStatuses { get; init; } = [];

    /// <summary>What the body must have inside, in this order, as hexadecimal digits. Default nothing.</summary>
    public ConfigList<string> Receive { get; init; } = [];

    /// <summary>Bytes of the body that are looked at. Default 1024.</summary>
    public int ResponseBufferSize { get; init; } = 1024;

    /// <summary>Condition on <c>x-envoy-upstream-healthchecked-cluster</c> in the answer; null for none.</summary>
    public StringMatcherConfig? ServiceName { get; init; }
}

/// <summary>By a call of <c>grpc.health.v1.Health/Check</c> (Envoy <c>GrpcHealthCheck</c>). Only in clusters that speak HTTP/2.</summary>
public sealed record GrpcHealthProbeConfig : HealthProbeConfig
{
    /// <summary>The service that is asked for. Default empty: the server as a whole.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>Name of the host in the call; empty is the name of the cluster. A host's own name goes before.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Headers of the call.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;
}

/// <summary>What is different about the health checks of one host (Envoy <c>Endpoint.HealthCheckConfig</c>).</summary>
public sealed record EndpointHealthCheckConfig
{
    /// <summary>Where it is asked; null for its own address.</summary>
    public AddressConfig? Address { get; init; }

    /// <summary>Port it is asked at; null for its own.</summary>
    public int? Port { get; init; }

    /// <summary>Name of the host in requests; empty for that of the check.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>It is not asked, and counts as healthy. Default false.</summary>
    public bool IsDisabled { get; init; }
}
