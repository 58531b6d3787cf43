namespace Proxy.Configuration.Discovery;

/// <summary>Where resources come from while the proxy runs (Envoy <c>core.v3.ConfigSource</c>).</summary>
public abstract record ConfigSourceConfig
{
    /// <summary>Time that whoever needs the resources waits for the first answer; zero waits for ever. Default 15 s.</summary>
    public TimeSpan InitialFetchTimeout { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>The control plane that serves all kinds over one stream (Envoy <c>ads</c>); named by <see cref="DynamicResourcesConfig.Aggregated"/>.</summary>
public sealed record AggregatedSourceConfig : ConfigSourceConfig;

/// <summary>A file with a discovery response, read again when another is moved in its place (Envoy <c>path_config_source</c>).</summary>
/// <param name="Path">The file.</param>
public sealed record FileSourceConfig(string Path) : ConfigSourceConfig
{
    /// <summary>Reads the file again when anything is moved into this folder, rather than when the file is; null for the file's own.</summary>
    public string? WatchedDirectory { get; init; }

    /// <summary>The file has a collection of resources rather than a response (Envoy <c>lds_resources_locator: file:///…</c>). Listeners only. Default false.</summary>
    public bool IsCollection { get; init; }
}

/// <summary>All resources of a collection (Envoy <c>cds_resources_locator</c>, <c>lds_resources_locator</c>).</summary>
/// <param name="Name">Its name, such as <c>xdstp://authority/envoy.config.cluster.v3.Cluster/folder/*</c>; parameters of the node are added.</param>
/// <param name="Source">The stream over which it comes.</param>
public sealed record CollectionSourceConfig(string Name, ConfigSourceConfig Source) : ConfigSourceConfig;

/// <summary>A control plane that serves one kind (Envoy <c>api_config_source</c>).</summary>
/// <param name="ControlPlane">How it is reached.</param>
public sealed record ControlPlaneSourceConfig(ControlPlaneConfig ControlPlane) : ConfigSourceConfig;

/// <summary>A discovery service of Envoy's first API: asked with <c>GET</c> again and again, answers the whole state in JSON of its own.</summary>
/// <param name="Cluster">The cluster through which it is reached.</param>
/// <param name="RefreshDelay">Least time between two requests; the longest is twice that.</param>
internal sealed record V1RestSourceConfig(string Cluster, TimeSpan RefreshDelay) : ConfigSourceConfig
{
    /// <summary>Address of the service that the hosts of its clusters come from; null for none.</summary>
    public string? Hosts { get; init; }
}

/// <summary>A source of the application's own, found by its name among those in DI.</summary>
/// <param name="Name">The source's name.</param>
public sealed record CustomSourceConfig(string Name) : ConfigSourceConfig;
