using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Resources.Status;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Resources;

/// <summary>What a proxy lends to its sources.</summary>
internal sealed record ResourceContext
{
    /// <summary>Where sources live.</summary>
    public required Worker Main { get; init; }

    /// <summary>Control planes are reached through these.</summary>
    public required ClusterManager Clusters { get; init; }

    /// <summary>Where sources count.</summary>
    public required StatsStore Stats { get; init; }

    /// <summary>Makes process logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Who the proxy is.</summary>
    public required NodeConfig Node { get; init; }

    /// <summary>Told of fields that no message has.</summary>
    public UnknownFields UnknownFields { get; init; } = UnknownFields.Ignored;

    /// <summary>The control plane of all kinds; null for none.</summary>
    public ControlPlaneConfig? Aggregated { get; init; }

    /// <summary>Control planes for resources by the authority of their names.</summary>
    public ConfigList<AuthorityConfig> Authorities { get; init; } = [];

    /// <summary>The control plane for all other authorities; null for none.</summary>
    public AuthorityConfig? DefaultAuthority { get; init; }

    /// <summary>Runtime values.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;
}

/// <summary>What somebody wants to watch.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Names">Names; none for everything there is.</param>
/// <param name="Counters">Where answers are counted.</param>
internal sealed record ResourceRequest(ConfigSourceConfig Source, ResourceKind Kind, IReadOnlyCollection<string> Names, SubscriptionCounters Counters)
{
    /// <summary>Everything whose name begins so is for the watcher too, whether asked for or not; null for names alone.</summary>
    public string? Prefix { get; init; }

    /// <summary>What became of the resources.</summary>
    public ResourceLedger Ledger { get; } = new(Kind, Names);
}
