using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the ejection of hosts that fail.</summary>
internal static class Outliers
{
    public const string Objects =
        """
        outlier_detection
          consecutive_5xx 1..
          consecutive_gateway_failure 1..
          success_rate_minimum_hosts 1..
          success_rate_request_volume 1..
          success_rate_stdev_factor 1..
          interval_ms 1..
          base_ejection_time_ms 1..
          max_ejection_percent 0..100
          enforcing_consecutive_5xx 0..100
          enforcing_consecutive_gateway_failure 0..100
          enforcing_success_rate 0..100
        """;

    private const long DayMilliseconds = 86_400_000;

    /// <summary>The v3 block, without the bounds that v1 did not have: hosts may stay out for as long as their count says, healthy checks or not.</summary>
    public static V3Map Translate(ConfigNode outliers) => V3Map.At(outliers)
        .Copy(
            outliers,
            "consecutive_5xx",
            "consecutive_gateway_failure",
            "success_rate_minimum_hosts",
            "success_rate_request_volume",
            "success_rate_stdev_factor",
            "max_ejection_percent",
            "enforcing_consecutive_5xx",
            "enforcing_consecutive_gateway_failure",
            "enforcing_success_rate")
        .With("interval", outliers.Milliseconds("interval_ms"))
        .With("base_ejection_time", outliers.Milliseconds("base_ejection_time_ms"))
        .With("max_ejection_time", Longest(outliers))
        .With("successful_active_health_check_uneject_host", false);

    // A day, or what is given for the first time if that is more.
    private static ConfigNode Longest(ConfigNode outliers) =>
        outliers.Get("base_ejection_time_ms") is { } given && given.ToNumber() > DayMilliseconds ? outliers.Milliseconds("base_ejection_time_ms")! : outliers.As("86400s");
}
