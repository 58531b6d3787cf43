using Proxy.Configuration.Clusters;
using Proxy.Hosting;

namespace Proxy.Clusters.Outliers;

/// <summary>The runtime values that stand for settings of outlier detection, of all clusters that have it (Envoy <c>outlier_detection.…</c>).</summary>
internal static class OutlierRuntime
{
    private const string Prefix = "outlier_detection.";

    /// <summary>The settings that hold.</summary>
    public static OutlierDetectionConfig Apply(OutlierDetectionConfig config, RuntimeSnapshot runtime)
    {
        return config with
        {
            Consecutive5xx = Number("consecutive_5xx", config.Consecutive5xx),
            ConsecutiveGatewayFailure = Number("consecutive_gateway_failure", config.ConsecutiveGatewayFailure),
            ConsecutiveLocalOriginFailure = Number("consecutive_local_origin_failure", config.ConsecutiveLocalOriginFailure),
            Interval = Time("interval_ms", config.Interval) is { Ticks: > 0 } interval ? interval : config.Interval,
            BaseEjectionTime = Time("base_ejection_time_ms", config.BaseEjectionTime),
            MaxEjectionTime = runtime.GetInteger(Prefix + "max_ejection_time_ms", -1) is >= 0 and var max ? TimeSpan.FromMilliseconds(max) : config.MaxEjectionTime,
            MaxEjectionTimeJitter = Time("max_ejection_time_jitter_ms", config.MaxEjectionTimeJitter),
            MaxEjectionPercent = Number("max_ejection_percent", config.MaxEjectionPercent),
            SuccessfulActiveHealthCheckUnejectHost = runtime.GetBoolean(Prefix + "successful_active_health_check_uneject_host", config.SuccessfulActiveHealthCheckUnejectHost),
            Enforcing = Apply(config.Enforcing),
            SuccessRate = new SuccessRateConfig(
                Number("success_rate_minimum_hosts", config.SuccessRate.MinimumHosts),
                Number("success_rate_request_volume", config.SuccessRate.RequestVolume),
                Number("success_rate_stdev_factor", config.SuccessRate.DeviationFactor)),
            FailurePercentage = new FailurePercentageConfig(
                Number("failure_percentage_threshold", config.FailurePercentage.Threshold),
                Number("failure_percentage_minimum_hosts", config.FailurePercentage.MinimumHosts),
                Number("failure_percentage_request_volume", config.FailurePercentage.RequestVolume)),
        };

        OutlierEnforcementConfig Apply(OutlierEnforcementConfig enforcing) => new()
        {
            Consecutive5xx = Number("enforcing_consecutive_5xx", enforcing.Consecutive5xx),
            ConsecutiveGatewayFailure = Number("enforcing_consecutive_gateway_failure", enforcing.ConsecutiveGatewayFailure),
            ConsecutiveLocalOriginFailure = Number("enforcing_consecutive_local_origin_failure", enforcing.ConsecutiveLocalOriginFailure),
            SuccessRate = Number("enforcing_success_rate", enforcing.SuccessRate),
            LocalOriginSuccessRate = Number("enforcing_local_origin_success_rate", enforcing.LocalOriginSuccessRate),
            FailurePercentage = Number("enforcing_failure_percentage", enforcing.FailurePercentage),
            LocalOriginFailurePercentage = Number("enforcing_failure_percentage_local_origin", enforcing.LocalOriginFailurePercentage),
        };

        uint Number(string name, uint configured) => (uint)Math.Clamp(runtime.GetInteger(Prefix + name, configured), 0, uint.MaxValue);

        TimeSpan Time(string name, TimeSpan configured) =>
            TimeSpan.FromMilliseconds(Math.Clamp(runtime.GetInteger(Prefix + name, (long)configured.TotalMilliseconds), 0, int.MaxValue));
    }
}
