using Proxy.Stats;

namespace Proxy.Filters.Http.HealthCheck;

/// <summary>Stats of the filter, under <c>http.PREFIX.health_check.</c></summary>
internal static class HealthCheckStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Total = Schema.Counter("request_total");
    public static readonly CounterId Ok = Schema.Counter("ok");
    public static readonly CounterId Failed = Schema.Counter("failed");
    public static readonly CounterId Cached = Schema.Counter("cached_response");
    public static readonly CounterId Degraded = Schema.Counter("degraded");
    public static readonly CounterId NoCluster = Schema.Counter("failed_cluster_not_found");
    public static readonly CounterId ClusterEmpty = Schema.Counter("failed_cluster_empty");
    public static readonly CounterId ClusterUnhealthy = Schema.Counter("failed_cluster_unhealthy");
}
