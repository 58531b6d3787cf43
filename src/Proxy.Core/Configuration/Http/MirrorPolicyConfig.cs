namespace Proxy.Configuration.Http;

/// <summary>Sends a copy of requests to another cluster, whose answers nobody sees (Envoy <c>RouteAction.RequestMirrorPolicy</c>).</summary>
public sealed record MirrorPolicyConfig
{
    /// <summary>The cluster; null when <see cref="ClusterHeader"/> names it.</summary>
    public string? Cluster { get; init; }

    /// <summary>Header that names the cluster; requests without it are not copied.</summary>
    public string? ClusterHeader { get; init; }

    /// <summary>Share of the requests; null copies all.</summary>
    public FractionConfig? Fraction { get; init; }

    /// <summary>Leaves the host as it is; otherwise <c>-shadow</c> is appended to its name. Default false.</summary>
    public bool KeepsHost { get; init; }

    /// <summary>Host of the copy, without <c>-shadow</c>; null leaves it to <see cref="KeepsHost"/>.</summary>
    public string? HostRewrite { get; init; }

    /// <summary>Changes of the copy's head, one after the other.</summary>
    public ConfigList<HeaderMutationConfig> Mutations { get; init; } = [];
}
