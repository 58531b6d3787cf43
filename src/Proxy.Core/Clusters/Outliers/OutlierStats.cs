using Proxy.Stats;

namespace Proxy.Clusters.Outliers;

/// <summary>Stats of outlier detection, under <c>cluster.NAME.outlier_detection.</c></summary>
internal static class OutlierStats
{
    public static readonly StatSchema Schema = new();
    public static readonly GaugeId Active = Schema.Gauge("ejections_active");
    public static readonly CounterId EnforcedTotal = Schema.Counter("ejections_enforced_total");
    public static readonly CounterId Overflow = Schema.Counter("ejections_overflow");

    // Deprecated in Envoy, and counted there still.
    public static readonly CounterId Total = Schema.Counter("ejections_total");
    public static readonly CounterId Consecutive5xx = Schema.Counter("ejections_consecutive_5xx");
    public static readonly CounterId SuccessRate = Schema.Counter("ejections_success_rate");

    /// <summary>Degraded by what hosts answer: nothing here does that.</summary>
    public static readonly CounterId DetectedDegradation = Schema.Counter("ejections_detected_degradation");

    private static readonly string[] Names =
    [
        "consecutive_5xx", "consecutive_gateway_failure", "consecutive_local_origin_failure", "success_rate", "local_origin_success_rate",
        "failure_percentage", "local_origin_failure_percentage",
    ];

    /// <summary>By <see cref="EjectionKind"/>.</summary>
    public static readonly CounterId[] Detected = Array.ConvertAll(Names, static name => Schema.Counter("ejections_detected_" + name));

    /// <summary>By <see cref="EjectionKind"/>.</summary>
    public static readonly CounterId[] Enforced = Array.ConvertAll(Names, static name => Schema.Counter("ejections_enforced_" + name));
}
