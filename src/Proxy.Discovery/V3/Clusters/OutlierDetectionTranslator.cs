using Envoy.Config.Cluster.V3;
using Envoy.Config.Common.Matcher.V3;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Discovery.V3.Routes;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates outlier detection, and what says which answers are errors.</summary>
internal static class OutlierDetectionTranslator
{
    public const string Supported =
        """
        envoy.config.bootstrap.v3.ClusterManager: outlier_detection
        envoy.config.bootstrap.v3.ClusterManager.OutlierDetection: event_log_path
        envoy.config.cluster.v3.OutlierDetection: consecutive_5xx interval base_ejection_time max_ejection_percent enforcing_consecutive_5xx enforcing_success_rate success_rate_minimum_hosts success_rate_request_volume success_rate_stdev_factor consecutive_gateway_failure enforcing_consecutive_gateway_failure split_external_local_origin_errors consecutive_local_origin_failure enforcing_consecutive_local_origin_failure enforcing_local_origin_success_rate failure_percentage_threshold enforcing_failure_percentage enforcing_failure_percentage_local_origin failure_percentage_minimum_hosts failure_percentage_request_volume max_ejection_time max_ejection_time_jitter successful_active_health_check_uneject_host always_eject_one_host
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions.OutlierDetection: error_matcher
        envoy.config.common.matcher.v3.MatchPredicate: or_match and_match not_match any_match http_response_headers_match
        envoy.config.common.matcher.v3.MatchPredicate.MatchSet: *
        envoy.config.common.matcher.v3.HttpHeadersMatch: *
        """;

    public static OutlierDetectionConfig? Translate(OutlierDetection? message) => message is null ? null : new OutlierDetectionConfig
    {
        Consecutive5xx = message.Consecutive5Xx ?? 5,
        ConsecutiveGatewayFailure = message.ConsecutiveGatewayFailure ?? 5,
        ConsecutiveLocalOriginFailure = message.ConsecutiveLocalOriginFailure ?? 5,
        Interval = Interval(message.Interval),
        BaseEjectionTime = message.BaseEjectionTime.Or(TimeSpan.FromSeconds(30)),
        MaxEjectionTime = message.MaxEjectionTime.ToTimeSpanOrNull(),
        MaxEjectionTimeJitter = message.MaxEjectionTimeJitter.Or(TimeSpan.Zero),
        MaxEjectionPercent = message.MaxEjectionPercent ?? 10,
        AlwaysEjectOneHost = message.AlwaysEjectOneHost ?? false,
        SplitExternalLocalOriginErrors = message.SplitExternalLocalOriginErrors,
        SuccessfulActiveHealthCheckUnejectHost = message.SuccessfulActiveHealthCheckUnejectHost ?? true,
        Enforcing = new OutlierEnforcementConfig
        {
            Consecutive5xx = message.EnforcingConsecutive5Xx ?? 100,
            ConsecutiveGatewayFailure = message.EnforcingConsecutiveGatewayFailure ?? 0,
            ConsecutiveLocalOriginFailure = message.EnforcingConsecutiveLocalOriginFailure ?? 100,
            SuccessRate = message.EnforcingSuccessRate ?? 100,
            LocalOriginSuccessRate = message.EnforcingLocalOriginSuccessRate ?? 100,
            FailurePercentage = message.EnforcingFailurePercentage ?? 0,
            LocalOriginFailurePercentage = message.EnforcingFailurePercentageLocalOrigin ?? 0,
        },
        SuccessRate = new SuccessRateConfig(
            message.SuccessRateMinimumHosts ?? 5, message.SuccessRateRequestVolume ?? 100, message.SuccessRateStdevFactor ?? 1900),
        FailurePercentage = new FailurePercentageConfig(
            message.FailurePercentageThreshold ?? 85, message.FailurePercentageMinimumHosts ?? 5, message.FailurePercentageRequestVolume ?? 50),
    };

    public static ErrorMatcherConfig? Errors(MatchPredicate? rule, Place place, TranslationContext context) => rule?.RuleCase switch
    {
        null => null,
        MatchPredicate.RuleOneofCase.OrMatch => new SetErrorMatcherConfig(false, Rules(rule.OrMatch, place.Field("or_match").Field("rules"), context)),
        MatchPredicate.RuleOneofCase.AndMatch => new SetErrorMatcherConfig(true, Rules(rule.AndMatch, place.Field("and_match").Field("rules"), context)),
        MatchPredicate.RuleOneofCase.NotMatch => new NotErrorMatcherConfig(Errors(rule.NotMatch, place.Field("not_match"), context)!),
        MatchPredicate.RuleOneofCase.HttpResponseHeadersMatch => new HeadersErrorMatcherConfig(rule.HttpResponseHeadersMatch.Headers
            .Select((header, i) => RouteMatchTranslator.Header(header, place.Field("http_response_headers_match").Field("headers").Item(i), context)).ToConfigList()),
        _ => new AnyErrorMatcherConfig(),
    };

    private static ConfigList<ErrorMatcherConfig> Rules(MatchPredicate.Types.MatchSet set, Place place, TranslationContext context)
    {
        return set.Rules.Select((rule, i) => Errors(rule, place.Item(i), context)!).ToConfigList();
    }

    // Less than timers can tell, nanoseconds say, is what they can.
    private static TimeSpan Interval(Google.Protobuf.WellKnownTypes.Duration? interval)
    {
        var time = interval.Or(TimeSpan.FromSeconds(10));
        return interval is { Seconds: 0, Nanos: > 0 } && time < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : time;
    }
}
