namespace Proxy.Configuration.Clusters;

/// <summary>Settings of <see cref="ClusterType.OriginalDestination"/> (Envoy <c>Cluster.OriginalDstLbConfig</c>).</summary>
public sealed record OriginalDestinationConfig
{
    /// <summary>Takes the address from a request header in place of the connection's destination. Default false.</summary>
    public bool UseHttpHeader { get; init; }

    /// <summary>The header. Default <c>x-envoy-original-dst-host</c>.</summary>
    public string HttpHeaderName { get; init; } = "x-envoy-original-dst-host";

    /// <summary>Port in place of the destination's; null keeps it.</summary>
    public int? PortOverride { get; init; }

    /// <summary>How long a host that nobody uses is kept. Default 5 s (<c>cleanup_interval</c>).</summary>
    public TimeSpan CleanupInterval { get; init; } = TimeSpan.FromSeconds(5);
}
