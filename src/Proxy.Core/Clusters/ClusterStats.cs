using Proxy.Stats;

namespace Proxy.Clusters;

/// <summary>Stats of a cluster under <c>cluster.NAME.</c> that others than the cluster itself count too.</summary>
internal static class ClusterStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId RequestTotal = Schema.Counter("upstream_rq_total");
    public static readonly CounterId RequestCompleted = Schema.Counter("upstream_rq_completed");
    public static readonly CounterId RequestTimeout = Schema.Counter("upstream_rq_timeout");
    public static readonly CounterId RequestRetry = Schema.Counter("upstream_rq_retry");
    public static readonly CounterId Request1xx = Schema.Counter("upstream_rq_1xx");
    public static readonly CounterId Request2xx = Schema.Counter("upstream_rq_2xx");
    public static readonly CounterId Request3xx = Schema.Counter("upstream_rq_3xx");
    public static readonly CounterId Request4xx = Schema.Counter("upstream_rq_4xx");
    public static readonly CounterId Request5xx = Schema.Counter("upstream_rq_5xx");
    public static readonly CodeFamilyId RequestCodes = Schema.CodeFamily("upstream_rq_");
    public static readonly HistogramId RequestTime = Schema.Histogram("upstream_rq_time", StatUnit.Milliseconds);
}
