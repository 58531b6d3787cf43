using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;
using Proxy.Listeners;
using Proxy.Observability;
using Proxy.Resources;
using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>What one proxy of an application is to do: fill it in code, or from a source that another package adds.</summary>
/// <remarks>Read when the proxy starts and again when a source reports a change; <see cref="Workers"/> and <see cref="Drain"/> only at the start.</remarks>
public sealed class ProxyOptions
{
    /// <summary>Where connections are accepted.</summary>
    public IList<ListenerConfig> Listeners { get; } = new List<ListenerConfig>();

    /// <summary>Where requests and connections go.</summary>
    public IList<ClusterConfig> Clusters { get; } = new List<ClusterConfig>();

    /// <summary>Certificates and the like that listeners and clusters name.</summary>
    public IList<TlsSecretConfig> Secrets { get; } = new List<TlsSecretConfig>();

    /// <summary>Runtime values; later ones of a key win.</summary>
    public IList<RuntimeValue> Runtime { get; } = new List<RuntimeValue>();

    /// <summary>Layers of runtime values over <see cref="Runtime"/>, the last of a key winning.</summary>
    public IList<RuntimeLayerConfig> RuntimeLayers { get; } = new List<RuntimeLayerConfig>();

    /// <summary>The admin interface; null for none. Default none.</summary>
    public AdminConfig? Admin { get; set; }

    /// <summary>Which listeners and clusters come from elsewhere while the proxy runs. Read when it starts.</summary>
    public DynamicResourcesConfig Dynamic { get; set; } = new();

    /// <summary>What becomes of fields from control planes that no message has. Default <see cref="UnknownFieldPolicy.Warn"/>. Read when the proxy starts.</summary>
    public UnknownFieldPolicy UnknownDynamicFields { get; set; }

    /// <summary>Who this proxy is.</summary>
    public NodeConfig Node { get; set; } = new();

    /// <summary>Time between two merges of the stats. Default 5 s.</summary>
    public TimeSpan StatsFlushInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>File that ejections of hosts are written to; empty for none.</summary>
    public string OutlierEventLogPath { get; set; } = "";

    /// <summary>Folder of flag files; see <see cref="ProxyConfig.FlagsPath"/>.</summary>
    public string FlagsPath { get; set; } = "";

    /// <summary>How stats are shown.</summary>
    public StatsConfig Stats { get; set; } = new();

    /// <summary>Event loops.</summary>
    public WorkerOptions Workers { get; set; } = new();

    /// <summary>How listeners leave.</summary>
    public DrainOptions Drain { get; set; } = new();

    /// <summary>Time that requests under way get to finish when the proxy stops. Default 10 s.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What the admin interface says about the process.</summary>
    public ServerDescription Description { get; set; } = new();

    /// <summary>What command operators in formats know about the process.</summary>
    public FormatEnvironment Formats { get; set; } = FormatEnvironment.Empty;

    /// <summary>Takes over everything that <paramref name="config"/> says; what is there already stays.</summary>
    public void Add(ProxyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var listener in config.Listeners)
        {
            Listeners.Add(listener);
        }

        foreach (var cluster in config.Clusters)
        {
            Clusters.Add(cluster);
        }

        foreach (var secret in config.Secrets)
        {
            Secrets.Add(secret);
        }

        foreach (var value in config.Runtime)
        {
            Runtime.Add(value);
        }

        foreach (var layer in config.RuntimeLayers)
        {
            RuntimeLayers.Add(layer);
        }

        Admin = config.Admin ?? Admin;
        Node = config.Node;
        Dynamic = config.Dynamic;
        StatsFlushInterval = config.StatsFlushInterval;
        Stats = config.Stats;
        OutlierEventLogPath = config.OutlierEventLogPath;
        FlagsPath = config.FlagsPath;
    }

    /// <summary>The configuration as it stands, immutable.</summary>
    public ProxyConfig ToConfig() => new()
    {
        Node = Node,
        Dynamic = Dynamic,
        Admin = Admin,
        Listeners = Listeners.ToConfigList(),
        Clusters = Clusters.ToConfigList(),
        Secrets = Secrets.ToConfigList(),
        Runtime = Runtime.ToConfigList(),
        RuntimeLayers = RuntimeLayers.ToConfigList(),
        StatsFlushInterval = StatsFlushInterval,
        Stats = Stats,
        OutlierEventLogPath = OutlierEventLogPath,
        FlagsPath = FlagsPath,
    };
}
