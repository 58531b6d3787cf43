using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Keeps the clusters in step with a source of clusters (Envoy CDS). On main.</summary>
internal sealed class ClusterDiscovery : IResourceWatcher
{
    private const string Prefix = "cluster_manager.cds.";

    private readonly ProxyClusterManager _clusters;
    private readonly Worker _main;
    private readonly StatShard _reloads;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private Action? _ready;

    private ClusterDiscovery(ProxyClusterManager clusters, Worker main, StatScope scope, Action ready)
    {
        _clusters = clusters;
        _main = main;
        _ready = ready;
        _reloads = scope.CreateGroup(ReloadStats.Schema, Prefix).Shard(main);
    }

    /// <summary>Version of the latest answer that changed something; empty when none did.</summary>
    public string Version { get; private set; } = "";

    /// <summary>What of the latest answer was refused, by name.</summary>
    public IReadOnlyDictionary<string, RefusedUpdate> Refused { get; private set; } = RefusedResources.None;

    /// <summary>Begins to watch; <paramref name="ready"/> is called once, after the first answer or when there is none.</summary>
    public static ClusterDiscovery Start(ProxyClusterManager clusters, ConfigSourceConfig source, Worker main, StatsStore stats, Action ready)
    {
        var scope = stats.CreateScope();
        var discovery = new ClusterDiscovery(clusters, main, scope, ready);
        clusters.Resources.Subscribe(new ResourceRequest(source, ResourceKind.Cluster, [], SubscriptionCounters.Create(stats, scope, Prefix, main)), discovery);
        return discovery;
    }

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        var started = _main.Time.GetTimestamp();
        var refused = new RefusedResources();
        var changed = false;
        using (_clusters.Resources.Pause(ResourceKind.Endpoints, ResourceKind.Routes))
        {
            changed = update.IsWhole ? TakeWhole(update, refused) : Take(update, refused) | Drop(update);
        }

        if (changed)
        {
            Version = update.Version;
            _reloads.Increment(ReloadStats.Reload);
            _reloads.Set(ReloadStats.Time, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        Refused = refused.ByName;
        MarkReady();
        return new(refused.Faults);
    }

    public void GiveUp() => MarkReady();

    private bool Take(ResourceUpdate update, RefusedResources refused)
    {
        var changed = false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            refused.Collect(resource, _main.UtcNow, () => changed |= Take(resource, seen));
        }

        return changed;
    }

    // Files that cannot be read, and the like, show only when a cluster is made: then those before it stay, and none is removed.
    private bool TakeWhole(ResourceUpdate update, RefusedResources refused)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            refused.Collect(resource, _main.UtcNow, () => Check(resource, seen));
        }

        var changed = false;
        seen.Clear();
        foreach (var resource in update.Resources)
        {
            if (refused.Faults.Count > 0)
            {
                return changed;
            }

            refused.Collect(resource, _main.UtcNow, () => changed |= Take(resource, seen));
        }

        return refused.Faults.Count > 0 ? changed : changed | Drop(update);
    }

    private static void Check(Resource resource, HashSet<string> seen)
    {
        if (!seen.Add(resource.Name))
        {
            throw new ConfigException("", "another cluster has this name");
        }

        if (resource.Config is ClusterConfig config && ClusterRules.Check(config) is { Count: > 0 } broken)
        {
            throw new ConfigException(broken);
        }
    }

    private bool Take(Resource resource, HashSet<string> seen)
    {
        if (!seen.Add(resource.Name))
        {
            throw new ConfigException("", "another cluster has this name");
        }

        if (resource.Faults.Count > 0)
        {
            _clusters.CountRefused(resource.Name);
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is not ClusterConfig config
            || !_clusters.AddOrUpdate(config, new DynamicOrigin(resource.Version, _main.UtcNow, resource.Message)))
        {
            return false; // the last one still holds
        }

        _known.Add(resource.Name);
        return true;
    }

    // A cluster that is named but cannot be built is still named: its last good state goes on.
    private bool Drop(ResourceUpdate update)
    {
        var gone = update.IsComplete
            ? _known.Except(update.Resources.Select(static resource => resource.Name)).ToArray()
            : [.. update.Removed.Where(_known.Contains)];
        foreach (var name in gone)
        {
            _known.Remove(name);
            _clusters.Remove(name);
        }

        return gone.Length > 0;
    }

    private void MarkReady()
    {
        var ready = _ready;
        _ready = null;
        ready?.Invoke();
    }
}
