namespace Proxy.Filters.Admin.Handlers;

/// <summary>What all workers together have done with a host.</summary>
internal readonly record struct HostCounts(
    long ConnectionsActive,
    long ConnectFailures,
    long ConnectionsTotal,
    long RequestsActive,
    long RequestsFailed,
    long RequestsSucceeded,
    long RequestTimeouts,
    long RequestsTotal)
{
    /// <summary>The stats of a host, in Envoy's order.</summary>
    public static (string Name, Func<HostCounts, long> Value, bool IsGauge)[] Stats { get; } =
    [
        ("cx_active", static counts => counts.ConnectionsActive, true),
        ("cx_connect_fail", static counts => counts.ConnectFailures, false),
        ("cx_total", static counts => counts.ConnectionsTotal, false),
        ("rq_active", static counts => counts.RequestsActive, true),
        ("rq_error", static counts => counts.RequestsFailed, false),
        ("rq_pending_active", static _ => 0, true),
        ("rq_success", static counts => counts.RequestsSucceeded, false),
        ("rq_timeout", static counts => counts.RequestTimeouts, false),
        ("rq_total", static counts => counts.RequestsTotal, false),
    ];

    public static HostCounts Of(Clusters.Host host)
    {
        var sum = default(HostCounts);
        foreach (var shard in host.Shards)
        {
            sum = new HostCounts(
                sum.ConnectionsActive + Volatile.Read(ref shard.ConnectionsActive),
                sum.ConnectFailures + Volatile.Read(ref shard.ConnectFailures),
                sum.ConnectionsTotal + Volatile.Read(ref shard.ConnectionsTotal),
                sum.RequestsActive + Volatile.Read(ref shard.RequestsActive),
                sum.RequestsFailed + Volatile.Read(ref shard.RequestsFailed),
                sum.RequestsSucceeded + Volatile.Read(ref shard.RequestsSucceeded),
                sum.RequestTimeouts + Volatile.Read(ref shard.RequestTimeouts),
                sum.RequestsTotal + Volatile.Read(ref shard.RequestsTotal));
        }

        return sum;
    }
}
