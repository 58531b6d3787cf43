using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Connections;

namespace Proxy.Configuration;

/// <summary>What one proxy was asked to do: the root of the configuration (Envoy <c>bootstrap.v3.Bootstrap</c>). Immutable.</summary>
public sealed record ProxyConfig
{
    /// <summary>Who this proxy is to its control plane and in logs.</summary>
    public NodeConfig Node { get; init; } = new();

    /// <summary>The admin interface; null for none.</summary>
    public AdminConfig? Admin { get; init; }

    /// <summary>Where connections are accepted.</summary>
    public ConfigList<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>Where requests and connections go.</summary>
    public ConfigList<ClusterConfig> Clusters { get; init; } = [];

    /// <summary>Certificates and the like that others name (Envoy <c>static_resources.secrets</c>).</summary>
    public ConfigList<Tls.TlsSecretConfig> Secrets { get; init; } = [];

    /// <summary>Which listeners and clusters come from elsewhere while the proxy runs.</summary>
    public DynamicResourcesConfig Dynamic { get; init; } = new();

    /// <summary>File that ejections of hosts are written to; empty for none (Envoy <c>cluster_manager.outlier_detection.event_log_path</c>).</summary>
    public string OutlierEventLogPath { get; init; } = "";

    /// <summary>Folder of flag files; empty for none. Where it has a file <c>drain</c>, the proxy starts as if <c>/healthcheck/fail</c> had been called (Envoy <c>flags_path</c>).</summary>
    public string FlagsPath { get; init; } = "";

    /// <summary>How often stats are merged and flushed. Default 5 s (Envoy <c>stats_flush_interval</c>).</summary>
    public TimeSpan StatsFlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How stats are shown.</summary>
    public StatsConfig Stats { get; init; } = new();

    /// <summary>Runtime values by key: numbers, fractions, booleans and texts as configured in static layers, the last layer winning.</summary>
    public ConfigList<RuntimeValue> Runtime { get; init; } = [];

    /// <summary>Layers of runtime values over <see cref="Runtime"/>, the last of a key winning.</summary>
    public ConfigList<RuntimeLayerConfig> RuntimeLayers { get; init; } = [];
}

/// <summary>One runtime value (Envoy <c>RuntimeLayer.static_layer</c>), in the text it was written in.</summary>
public sealed record RuntimeValue(string Key, string Value);

/// <summary>Identity of this proxy (Envoy <c>core.v3.Node</c>).</summary>
public sealed record NodeConfig
{
    /// <summary>Unique name of the node; <c>--service-node</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>Group the node belongs to; <c>--service-cluster</c>.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>Parts of the node that are added to the names of collections as parameters (Envoy <c>node_context_params</c>): <c>id</c>, <c>cluster</c>,
    /// <c>locality.region</c>, <c>locality.zone</c>, <c>locality.sub_zone</c>, <c>metadata</c>, <c>user_agent_name</c>, <c>user_agent_version</c>,
    /// <c>user_agent_build_version.version</c>. Others add nothing.</summary>
    public ConfigList<string> ContextParameters { get; init; } = [];

    /// <summary>All that control planes are told, in the words of the source of the configuration; null for no more than is here.</summary>
    internal object? Message { get; init; }

    /// <summary>Where it runs; the zone is <c>--service-zone</c>.</summary>
    public LocalityConfig Locality { get; init; } = LocalityConfig.None;
}

/// <summary>A place (Envoy <c>core.v3.Locality</c>).</summary>
public sealed record LocalityConfig(string Region, string Zone, string SubZone)
{
    /// <summary>No place given.</summary>
    public static LocalityConfig None { get; } = new("", "", "");
}

/// <summary>The admin interface (Envoy <c>bootstrap.v3.Admin</c>).</summary>
public sealed record AdminConfig(AddressConfig Address)
{
    /// <summary>Where admin requests are logged.</summary>
    public ConfigList<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Paths with their queries that are answered, others with 403; empty for all (<c>allow_paths</c>).</summary>
    public ConfigList<Http.StringMatcherConfig> AllowPaths { get; init; } = [];

    /// <summary>Options of its sockets.</summary>
    public SocketSettings Socket { get; init; } = SocketSettings.Default;
}
