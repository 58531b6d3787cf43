using Proxy.Clusters;
using Proxy.Routing.Specifiers;

namespace Proxy.Routing.Actions;

/// <summary>Sends requests to a cluster (Envoy <c>RouteAction</c>).</summary>
internal sealed class ForwardAction : RouteAction
{
    /// <summary>The cluster; null when <see cref="ClusterHeader"/> or <see cref="Specifier"/> name it.</summary>
    public string? Cluster { get; init; }

    /// <summary>The header that names the cluster.</summary>
    public HeaderName? ClusterHeader { get; init; }

    /// <summary>Picks the cluster; null for nothing.</summary>
    public ClusterSpecifier? Specifier { get; init; }

    /// <summary>Status when the cluster does not exist.</summary>
    public int ClusterNotFoundStatus { get; init; }

    /// <summary>What becomes of the path; null for nothing.</summary>
    public PathRewrite? PathRewrite { get; init; }

    /// <summary>What becomes of the host before a host is picked, in this order.</summary>
    public HostRewrite[] HostRewrites { get; init; } = [];

    /// <summary>Makes the path, in place of <see cref="PathRewrite"/>; null for nothing.</summary>
    public FormattedRewrite? PathFormat { get; init; }

    /// <summary>Makes the host, after <see cref="HostRewrites"/>; null for nothing.</summary>
    public FormattedRewrite? HostFormat { get; init; }

    /// <summary>The host becomes the name of the host picked, if it has one.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>Appends the original host to <c>x-forwarded-host</c>.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary>Time for the whole answer in ms; 0 for none.</summary>
    public long TimeoutMilliseconds { get; init; }

    /// <summary>Further limits of time; null when there are none.</summary>
    public StreamDurations? Durations { get; init; }

    /// <summary>A try whose per-try timeout has passed goes on beside the next one.</summary>
    public bool HedgesOnPerTryTimeout { get; init; }

    /// <summary>When and how a request is tried again.</summary>
    public RetryPolicy Retries { get; init; } = RetryPolicy.None;

    /// <summary>Which redirects of the upstream are followed; null for none.</summary>
    public InternalRedirects? InternalRedirects { get; init; }

    /// <summary>Bytes of a request that are kept so that it can be sent again; null leaves it to the connection's limit.</summary>
    public long? RequestBufferLimit { get; init; }

    /// <summary>Time without a byte in either direction; null leaves it to the connection manager; zero turns it off.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Time for the client to make room for the rest of a complete answer; null leaves it to the connection manager; zero turns it off.</summary>
    public TimeSpan? FlushTimeout { get; init; }

    public RequestPriority Priority { get; init; }

    /// <summary>Where copies of requests go.</summary>
    public MirrorPolicy[] Mirrors { get; init; } = [];

    /// <summary>How requests are hashed for balancers that pick by hash; null when they are not.</summary>
    public Hashing.RequestHash? Hash { get; init; }

    /// <summary>Upgrades that the route turns on or off, by lower-case name.</summary>
    public required IReadOnlyDictionary<string, bool> Upgrades { get; init; }

    /// <summary>CONNECT requests end here: the payload goes to the upstream as plain TCP.</summary>
    public bool TerminateConnect { get; init; }
}
