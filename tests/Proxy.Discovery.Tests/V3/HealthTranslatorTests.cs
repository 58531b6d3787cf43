using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class HealthTranslatorTests
{
    [Test]
    public void Cluster_OutlierDetection_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            outlier_detection:
              consecutive_5xx: 7
              interval: 3s
              base_ejection_time: 4s
              max_ejection_time: 9s
              max_ejection_time_jitter: 1s
              max_ejection_percent: 20
              always_eject_one_host: true
              split_external_local_origin_errors: true
              consecutive_local_origin_failure: 2
              enforcing_consecutive_gateway_failure: 50
              success_rate_minimum_hosts: 3
              success_rate_stdev_factor: 1000
              failure_percentage_threshold: 60
              enforcing_failure_percentage: 30
              successful_active_health_check_uneject_host: false
            common_lb_config: {update_merge_window: 0s}
            """);

        cluster.UpdateMergeWindow.Should().Be(TimeSpan.Zero);
        cluster.OutlierDetection.Should().Be(new OutlierDetectionConfig
        {
            Consecutive5xx = 7,
            Interval = TimeSpan.FromSeconds(3),
            BaseEjectionTime = TimeSpan.FromSeconds(4),
            MaxEjectionTime = TimeSpan.FromSeconds(9),
            MaxEjectionTimeJitter = TimeSpan.FromSeconds(1),
            MaxEjectionPercent = 20,
            AlwaysEjectOneHost = true,
            SplitExternalLocalOriginErrors = true,
            ConsecutiveLocalOriginFailure = 2,
            SuccessfulActiveHealthCheckUnejectHost = false,
            Enforcing = new OutlierEnforcementConfig { ConsecutiveGatewayFailure = 50, FailurePercentage = 30 },
            SuccessRate = new SuccessRateConfig(MinimumHosts: 3, DeviationFactor: 1000),
            FailurePercentage = new FailurePercentageConfig(Threshold: 60),
        });
    }

    [Test]
    public void Cluster_ErrorMatcher_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http_protocol_options: {}}
                outlier_detection:
                  error_matcher:
                    or_match:
                      rules:
                      - not_match: {any_match: true}
                      - http_response_headers_match: {headers: [{name: x, string_match: {exact: bad}}]}
            """);

        cluster.Http.OutlierErrors.Should().Be(new SetErrorMatcherConfig(All: false,
        [
            new NotErrorMatcherConfig(new AnyErrorMatcherConfig()),
            new HeadersErrorMatcherConfig([new HeaderMatcherConfig("x") { Text = new StringMatcherConfig(StringMatchKind.Exact, "bad") }]),
        ]));
    }
}
