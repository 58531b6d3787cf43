using Proxy.Workers;

namespace Proxy.Clusters.Breakers;

/// <summary>One worker's part of a cluster's circuit breakers.</summary>
/// <remarks>
/// Every worker writes only its own counts, without interlocked operations, and adds up everybody's to decide. Far from the limit the others' sum may be
/// up to a millisecond old; near it (the last quarter, or the last 32) it is read each time. Workers that decide at the same moment may go over the limit together,
/// by at most one each.
/// </remarks>
internal sealed class WorkerBreakers
{
    private const int NearLimit = 32;

    private readonly ClusterBreakers _cluster;
    private readonly Worker _worker;
    private readonly Resource[] _resources = new Resource[ClusterBreakers.Counts];

    public WorkerBreakers(ClusterBreakers cluster, Worker worker)
    {
        _cluster = cluster;
        _worker = worker;
    }

    public long Count(int index) => Volatile.Read(ref _resources[index].Count);

    /// <summary>True when one more is allowed.</summary>
    public bool CanAdd(RequestPriority priority, BreakerResource resource)
    {
        var index = ClusterBreakers.IndexOf(priority, resource);
        ref var own = ref _resources[index];
        var limit = _cluster.Limit(index);
        if (own.SeenAt != _worker.Now)
        {
            Refresh(index);
        }

        if (own.Count + own.Others < limit - Math.Max(limit / 4, NearLimit))
        {
            return true;
        }

        Refresh(index);
        return own.Count + own.Others < limit;
    }

    public void Add(RequestPriority priority, BreakerResource resource) => _resources[ClusterBreakers.IndexOf(priority, resource)].Count++;

    public void Remove(RequestPriority priority, BreakerResource resource) => _resources[ClusterBreakers.IndexOf(priority, resource)].Count--;

    private void Refresh(int index)
    {
        ref var own = ref _resources[index];
        own.Others = _cluster.Sum(index, this);
        own.SeenAt = _worker.Now;
    }

    private struct Resource
    {
        public long Count;
        public long Others;
        public long SeenAt;
    }
}
