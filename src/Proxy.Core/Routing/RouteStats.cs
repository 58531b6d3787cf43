using Proxy.Stats;

namespace Proxy.Routing;

/// <summary>What virtual clusters and routes with a stat prefix count of the requests they send upstream, under <c>vhost.HOST.</c></summary>
internal static class RouteStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Total = Schema.Counter("upstream_rq_total");
    public static readonly CounterId Completed = Schema.Counter("upstream_rq_completed");
    public static readonly CounterId Timeout = Schema.Counter("upstream_rq_timeout");
    public static readonly CounterId Retry = Schema.Counter("upstream_rq_retry");
    public static readonly CounterId RetrySuccess = Schema.Counter("upstream_rq_retry_success");
    public static readonly CounterId RetryOverflow = Schema.Counter("upstream_rq_retry_overflow");
    public static readonly CounterId RetryLimitExceeded = Schema.Counter("upstream_rq_retry_limit_exceeded");
    public static readonly CodeFamilyId Codes = Schema.CodeFamily("upstream_rq_");
    public static readonly HistogramId Time = Schema.Histogram("upstream_rq_time", StatUnit.Milliseconds);

    private static readonly CounterId[] Classes = [.. Enumerable.Range(1, 5).Select(static i => Schema.Counter($"upstream_rq_{i}xx"))];

    /// <summary>Counts the status of an answer.</summary>
    public static void Count(StatShard stats, int status)
    {
        stats.Increment(Completed);
        stats.Increment(Codes, status);
        if (status is >= 100 and < 600)
        {
            stats.Increment(Classes[(status / 100) - 1]);
        }
    }
}
