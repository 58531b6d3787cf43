using Proxy.Clusters.Dns;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Routing.Hashing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters;

/// <summary>Makes clusters from their configuration. On main.</summary>
/// <param name="main">The main dispatcher.</param>
/// <param name="workers">All workers, by index.</param>
/// <param name="store">Where the clusters' stats go.</param>
/// <param name="resolver">Resolves the names of DNS clusters.</param>
/// <param name="codecs">Makes codecs of upstream connections.</param>
/// <param name="resources">Brings hosts.</param>
/// <param name="secrets">Brings certificates and keys.</param>
internal sealed class ClusterFactory(
    Worker main, IReadOnlyList<Worker> workers, StatsStore store, IDnsResolver resolver, ClientCodecFactory codecs, ResourceHub resources, SecretDiscovery secrets)
{
    private ILogFile? _outlierLog;

    /// <summary>Opens files for events; null where there is no file system.</summary>
    public FileFlusher? Files { get; init; }

    /// <summary>What HTTP filters of clusters are made of; null for none.</summary>
    public FilterFactoryContext? Filters { get; set; }

    /// <summary>Writes ejections of hosts to a file; empty for none.</summary>
    /// <exception cref="ConfigException">The file cannot be opened.</exception>
    public void LogOutliersTo(string path) => _outlierLog = LogFiles.Open(Files, path, "cluster_manager.outlier_detection.event_log_path");

    /// <summary>Makes a cluster; it is yet to be started.</summary>
    /// <param name="config">What is asked for; it breaks no rule of its own.</param>
    /// <param name="latest">The one that was made last under the name; null for none.</param>
    /// <param name="active">The one in use under the name, which goes on until the new one is ready; null for none.</param>
    /// <param name="origin">Where it comes from; null when it is there from the start.</param>
    /// <param name="runtime">Runtime values.</param>
    /// <exception cref="ConfigException">It cannot be made.</exception>
    public ClusterState Create(ClusterConfig config, ClusterState? latest, ClusterState? active, DynamicOrigin? origin, RuntimeSnapshot runtime)
    {
        var hash = RequestHash.CompileOrThrow(config.Hashing.Policies);
        var filters = FiltersOf(config);
        latest?.Model.HashStats?.Remove();
        var scope = ScopeOf(config, latest);
        var stats = scope == latest?.Model.Scope ? latest.Model.Stats : scope.CreateGroup(ClusterStats.Schema, PrefixOf(config));
        var connections = active is not null && ClusterConnections.AreSame(active.Config, config)
            ? active.Model.Connections
            : new ClusterConnections(config, scope, stats, workers.Count, Files);
        var model = new ClusterModel(config, scope, stats, connections, codecs, workers.Count)
        {
            Hash = hash,
            HashStats = HashStats.Create(config, store, PrefixOf(config)),
            Filters = filters,
            Runtime = runtime,
        };
        var ejections = _outlierLog is null ? null : new OutlierEventLog(_outlierLog, config.Name);
        var checks = LogFiles.Open(Files, config.HealthCheck?.EventLogPath ?? "", "health_checks[0].event_log_path");
        var state = new ClusterState(model, main, workers, resolver, resources, store, ejections, checks) { Origin = origin, Secrets = secrets };
        if (active is not null)
        {
            state.Succeed(active);
        }

        return state;
    }

    // What they count leaves with the proxy, not with the cluster: as its counters do, it lives on through changes.
    private HttpFilterChainModel? FiltersOf(ClusterConfig config)
    {
        if (Filters is not { } context)
        {
            return null;
        }

        var faults = new FaultList();
        var filters = HttpFilterChainModel.CompileUpstream(config.Http.Filters, context with { StatPrefix = PrefixOf(config) }, faults);
        faults.ThrowIfAny();
        return filters;
    }

    private static string PrefixOf(ClusterConfig config)
    {
        var name = config.AltStatName.Length > 0 ? config.AltStatName : config.Name;
        return $"cluster.{name.Replace(':', '_')}.";
    }

    // Counters live on through changes of a cluster's settings.
    private StatScope ScopeOf(ClusterConfig config, ClusterState? former)
    {
        if (former is not null && former.Model.Stats.Prefix == PrefixOf(config))
        {
            return former.Model.Scope;
        }

        former?.Model.Scope.Remove();
        return store.CreateScope();
    }
}
