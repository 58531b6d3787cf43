using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Listeners;
using Proxy.Observability;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Files;

namespace Proxy.Hosting;

/// <summary>What a <see cref="ProxyServer"/> is put together from.</summary>
internal sealed record ProxyServerServices
{
    /// <summary>The filters it knows.</summary>
    public required FilterRegistry Filters { get; init; }

    /// <summary>Its stats.</summary>
    public required StatsStore Stats { get; init; }

    /// <summary>Its clusters.</summary>
    public required ClusterManager Clusters { get; init; }

    /// <summary>Makes its access logs.</summary>
    public required AccessLogFactory AccessLogs { get; init; }

    /// <summary>Its runtime values; the proxy fills them.</summary>
    public required RuntimeSnapshot Runtime { get; init; }

    /// <summary>Makes its process logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The application's services, for filters that come from DI.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>What command operators in formats know about the process.</summary>
    public FormatEnvironment Formats { get; init; } = FormatEnvironment.Empty;

    /// <summary>Writes its log files; null where there is no file system.</summary>
    public FileFlusher? Files { get; init; }

    /// <summary>Opens log files anew, after they were moved away.</summary>
    public Action ReopenLogs { get; init; } = static () => { };

    /// <summary>How listeners leave.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary>What becomes of fields in dynamic resources that no message has.</summary>
    public UnknownFieldPolicy UnknownFields { get; init; }

    /// <summary>What its admin interface says about the process.</summary>
    public ServerDescription Description { get; init; } = new();
}

/// <summary>What a process says about itself in <c>/server_info</c> and <c>/config_dump</c>.</summary>
public sealed record ServerDescription
{
    /// <summary>Version, in Envoy's form <c>commit/version/status/type/ssl</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>Command line flags and their values, in the order they are shown.</summary>
    public ConfigList<KeyValuePair<string, string>> Flags { get; init; } = [];

    /// <summary>Number of restarts before this process (<c>--restart-epoch</c>).</summary>
    public int RestartEpoch { get; init; }

    /// <summary>Number of messages in the configuration with fields that were let through although no message has them (<c>server.static_unknown_fields</c>).</summary>
    public int UnknownFields { get; init; }
}
