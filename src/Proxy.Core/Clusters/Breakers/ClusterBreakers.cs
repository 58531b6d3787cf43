using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Breakers;

/// <summary>The circuit breakers of one cluster over all workers: the limits, and where each worker counts.</summary>
internal sealed class ClusterBreakers
{
    public const int Resources = 4;
    public const int Counts = 2 * Resources;

    private readonly WorkerBreakers?[] _workers;
    private readonly long[] _limits = new long[Counts];
    private readonly bool[] _tracked;

    public ClusterBreakers(CircuitBreakerConfig defaults, CircuitBreakerConfig high, int workers)
    {
        _workers = new WorkerBreakers?[workers + 1];
        _tracked = [defaults.TrackRemaining, high.TrackRemaining];
        SetLimits(RequestPriority.Default, defaults);
        SetLimits(RequestPriority.High, high);
    }

    public static int IndexOf(RequestPriority priority, BreakerResource resource) => ((int)priority * Resources) + (int)resource;

    public long Limit(int index) => _limits[index];

    /// <summary>The part of <paramref name="worker"/>. On that worker.</summary>
    public WorkerBreakers On(Worker worker)
    {
        ref var place = ref _workers[worker.Index + 1];
        if (place is null)
        {
            Volatile.Write(ref place, new WorkerBreakers(this, worker));
        }

        return place;
    }

    /// <summary>What all workers but <paramref name="own"/> count; a moment old.</summary>
    public long Sum(int index, WorkerBreakers? own = null)
    {
        long sum = 0;
        for (var i = 0; i < _workers.Length; i++)
        {
            if (Volatile.Read(ref _workers[i]) is { } worker && !ReferenceEquals(worker, own))
            {
                sum += worker.Count(index);
            }
        }

        return sum;
    }

    /// <summary>Brings the gauges up to date. On main, with main's shard.</summary>
    public void Publish(StatShard shard)
    {
        for (var index = 0; index < Counts; index++)
        {
            var gauges = ClusterStats.Breakers[index / Resources];
            var count = Sum(index);
            shard.Set(gauges.Open[index % Resources], count > 0 && count >= _limits[index] ? 1 : 0);
            shard.Set(gauges.Remaining[index % Resources], _tracked[index / Resources] ? Math.Max(0, _limits[index] - count) : 0);
        }
    }

    private void SetLimits(RequestPriority priority, CircuitBreakerConfig config)
    {
        _limits[IndexOf(priority, BreakerResource.Connections)] = config.MaxConnections;
        _limits[IndexOf(priority, BreakerResource.PendingRequests)] = config.MaxPendingRequests;
        _limits[IndexOf(priority, BreakerResource.Requests)] = config.MaxRequests;
        _limits[IndexOf(priority, BreakerResource.Retries)] = config.MaxRetries;
    }
}
