using Proxy.Stats;

namespace Proxy.Clusters.Health;

/// <summary>Stats of active health checks, under <c>cluster.NAME.health_check.</c></summary>
internal static class HealthStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Attempt = Schema.Counter("attempt");
    public static readonly CounterId Success = Schema.Counter("success");
    public static readonly CounterId Failure = Schema.Counter("failure");
    public static readonly CounterId NetworkFailure = Schema.Counter("network_failure");
    public static readonly CounterId VerifyCluster = Schema.Counter("verify_cluster");

    /// <summary>Failures seen in the answers to requests: nothing here looks for them.</summary>
    public static readonly CounterId PassiveFailure = Schema.Counter("passive_failure");
    public static readonly GaugeId Healthy = Schema.Gauge("healthy");
    public static readonly GaugeId Degraded = Schema.Gauge("degraded");
}
