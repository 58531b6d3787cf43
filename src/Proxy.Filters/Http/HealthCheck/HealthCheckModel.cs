using System.Text;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing.Matching;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.Http.HealthCheck;

/// <summary>How health checks are told and answered. Shared by all workers; immutable but for the answer that is kept.</summary>
internal sealed class HealthCheckModel
{
    private readonly HeaderMatcher[] _matchers;
    private readonly (string Cluster, long Percent)[] _floors;
    private readonly DrainState _drain;
    private readonly ClusterManager _clusters;
    private readonly long _cacheTime; // ms; 0 keeps nothing
    private KeptAnswer? _kept;

    private HealthCheckModel(HealthCheckFilterConfig config, HeaderMatcher[] matchers, DrainState drain, ClusterManager clusters, string cluster)
    {
        _matchers = matchers;
        _floors = [.. config.Floors.Select(static floor => (floor.Cluster, (long)floor.Percent))];
        _drain = drain;
        _clusters = clusters;
        _cacheTime = (long)config.CacheTime.TotalMilliseconds;
        PassThrough = config.PassThrough;
        OwnCluster = Encoding.UTF8.GetBytes(cluster);
    }

    public bool PassThrough { get; }

    /// <summary>Name of the cluster that this proxy belongs to.</summary>
    public byte[] OwnCluster { get; }

    /// <summary>True once an operator has failed this proxy.</summary>
    public bool IsFailed => _drain.HealthCheckFailed;

    /// <exception cref="ConfigException">The record breaks rules; all of them are listed.</exception>
    public static HealthCheckModel Compile(HealthCheckFilterConfig config, DrainState drain, ClusterManager clusters, string cluster)
    {
        var faults = new FaultList();
        if (config.CacheTime < TimeSpan.Zero)
        {
            faults.Add("cache_time", "must not be negative");
        }
        else if (config.CacheTime > TimeSpan.Zero && !config.PassThrough)
        {
            faults.Add("cache_time", "must not be set when pass_through_mode is disabled");
        }

        for (var i = 0; i < config.Floors.Count; i++)
        {
            if (config.Floors[i].Percent is not (>= 0 and <= 100))
            {
                faults.Add($"cluster_min_healthy_percentages[{config.Floors[i].Cluster}].value", "must be between 0 and 100");
            }
        }

        var matchers = config.Headers.Select((matcher, i) => HeaderMatcher.Compile(matcher, $"headers[{i}]", faults)).ToArray();
        faults.ThrowIfAny();
        return new HealthCheckModel(config, matchers, drain, clusters, cluster);
    }

    public bool IsHealthCheck(HeaderMap headers)
    {
        foreach (var matcher in _matchers)
        {
            if (!matcher.Matches(headers))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The answer of the upstream that still stands; null when there is none.</summary>
    public KeptAnswer? Kept(Worker worker) => Volatile.Read(ref _kept) is { } kept && worker.Now < kept.Until ? kept : null;

    /// <summary>Keeps an answer of the upstream, where that is wanted.</summary>
    public void Keep(Worker worker, int status, bool isDegraded)
    {
        if (_cacheTime > 0)
        {
            Volatile.Write(ref _kept, new KeptAnswer(status, isDegraded, worker.Now + _cacheTime));
        }
    }

    /// <summary>How the clusters are that must be well: the status, and why. Counts what is not well.</summary>
    public (int Status, string Details) CheckClusters(Worker worker, StatShard stats)
    {
        foreach (var (name, percent) in _floors)
        {
            if (_clusters.Find(worker, name) is not { } cluster)
            {
                stats.Increment(HealthCheckStats.NoCluster);
                return (503, "health_check_failed_no_cluster_found");
            }

            var (total, usable) = (0L, 0L);
            foreach (var priority in cluster.Hosts.Priorities)
            {
                total += priority.All.Length;
                usable += priority.Healthy.Length + priority.Degraded.Length;
            }

            if (total == 0 && percent > 0)
            {
                stats.Increment(HealthCheckStats.ClusterEmpty);
                return (503, "health_check_failed_cluster_empty");
            }

            if (100 * usable < total * percent)
            {
                stats.Increment(HealthCheckStats.ClusterUnhealthy);
                return (503, "health_check_failed_cluster_unhealthy");
            }
        }

        return (200, _floors.Length > 0 ? "health_check_ok_cluster_healthy" : "health_check_ok");
    }

    /// <summary>An upstream's answer.</summary>
    internal sealed record KeptAnswer(int Status, bool IsDegraded, long Until);
}
