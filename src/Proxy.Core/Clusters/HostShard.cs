using Proxy.Clusters.Outliers;
using Proxy.Clusters.Pools;

namespace Proxy.Clusters;

/// <summary>One host on one worker: what it counts there, and its pools. Written by that worker only; main reads the counters.</summary>
internal sealed class HostShard
{
    /// <summary><c>cx_total</c></summary>
    public long ConnectionsTotal;

    /// <summary><c>cx_active</c></summary>
    public long ConnectionsActive;

    /// <summary><c>cx_connect_fail</c></summary>
    public long ConnectFailures;

    /// <summary><c>rq_total</c></summary>
    public long RequestsTotal;

    /// <summary><c>rq_active</c></summary>
    public long RequestsActive;

    /// <summary><c>rq_success</c>: counted by the router, by the answer.</summary>
    public long RequestsSucceeded;

    /// <summary><c>rq_error</c>: counted by the router, by the answer or its absence.</summary>
    public long RequestsFailed;

    /// <summary><c>rq_timeout</c>: counted by the router.</summary>
    public long RequestTimeouts;

    /// <summary>What outlier detection goes by; counted by <see cref="OutlierMonitor"/> only.</summary>
    public OutcomeCounts Outcomes;

    /// <summary>Pools by priority and protocol, each made when first used; null before the first.</summary>
    public HttpPool?[]? Pools;

    /// <summary>Pools of connections that were made for one name or client, where the host is told of it; null before the first.</summary>
    public NamedPools? NamedPools;
}
