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
    public void Cluster_OutlierIntervalOfNanoseconds_IsTheLeastThatTimersTell() =>
        Loading.Cluster("outlier_detection: {interval: 0.000000001s}").OutlierDetection!.Interval.Should().Be(TimeSpan.FromMilliseconds(1));

    [Test]
    public void Cluster_HttpCheckWithABody_IsKept() =>
        ((HttpHealthProbeConfig)Loading.Cluster(Checks("path: /, method: PUT, send: {text: '616'}")).HealthCheck!.Probe).Send.Should().Be("616");

    [Test]
    public void Cluster_HttpCheckWithABody_NeedsAMethodThatHasOne() =>
        Loading.Faults(Loading.ClusterText(Checks("path: /, send: {text: '61'}"))).Should().ContainSingle()
            .Which.Should().Contain("http_health_check.send: needs a method whose requests have a body");

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

    [Test]
    public void Cluster_HttpHealthCheck_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            health_checks:
            - timeout: 1s
              interval: 2s
              unhealthy_threshold: 3
              healthy_threshold: 4
              no_traffic_interval: 5s
              unhealthy_edge_interval: 6s
              interval_jitter_percent: 7
              reuse_connection: false
              event_logger:
              - name: file
                typed_config: {"@type": type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink, event_log_path: /var/log/hc}
              http_health_check:
                path: /hc
                host: h
                method: HEAD
                expected_statuses: [{start: 200, end: 300}]
                retriable_statuses: [{start: 500, end: 600}]
                receive: [{binary: AQI=}]
                response_buffer_size: 0
                service_name_matcher: {prefix: app}
                request_headers_to_add: [{header: {key: x, value: "1"}}]
                request_headers_to_remove: ["", a]
            common_lb_config: {ignore_new_hosts_until_first_hc: true, close_connections_on_host_set_change: true}
            ignore_health_on_host_removal: true
            """);

        (cluster.IgnoresHealthOnRemoval, cluster.IgnoresNewHostsUntilChecked, cluster.ClosesConnectionsOnHostSetChange).Should().Be((true, true, true));
        cluster.HealthCheck.Should().Be(new HealthCheckConfig(new HttpHealthProbeConfig("/hc")
        {
            Host = "h",
            Method = "HEAD",
            ExpectedStatuses = [new Int64Range(200, 300)],
            RetriableStatuses = [new Int64Range(500, 600)],
            Receive = ["0102"],
            ResponseBufferSize = 1024 * 1024,
            ServiceName = new StringMatcherConfig(StringMatchKind.Prefix, "app"),
            Edits = new HeaderEditsConfig { RequestAdditions = [new HeaderAddition("x", "1")], RequestRemovals = ["a"] },
        })
        {
            Timeout = TimeSpan.FromSeconds(1),
            Interval = TimeSpan.FromSeconds(2),
            UnhealthyThreshold = 3,
            HealthyThreshold = 4,
            NoTrafficInterval = TimeSpan.FromSeconds(5),
            UnhealthyEdgeInterval = TimeSpan.FromSeconds(6),
            IntervalJitterPercent = 7,
            ReuseConnection = false,
            EventLogPath = "/var/log/hc",
        });
    }

    [Test]
    public void Cluster_GrpcHealthCheck_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            health_checks:
            - timeout: 1s
              interval: 2s
              unhealthy_threshold: 3
              healthy_threshold: 4
              grpc_health_check:
                service_name: app
                authority: hc.test
                initial_metadata: [{header: {key: x, value: "1"}}]
            http2_protocol_options: {}
            """);

        cluster.HealthCheck!.Probe.Should().Be(new GrpcHealthProbeConfig
        {
            ServiceName = "app",
            Authority = "hc.test",
            Edits = new HeaderEditsConfig { RequestAdditions = [new HeaderAddition("x", "1")] },
        });
    }

    [Test]
    public void Cluster_HttpHealthCheckOverHttp2_IsKept()
    {
        var cluster = Loading.Cluster("health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: {path: /, codec_client_type: HTTP2}}]");

        cluster.HealthCheck!.Probe.Should().Be(new HttpHealthProbeConfig("/") { UsesHttp2 = true });
    }

    [TestCase("custom_health_check: {name: redis}", "health_checks[0].custom_health_check: not supported yet")]
    [TestCase("http_health_check: {path: /, codec_client_type: HTTP3}", "health_checks[0].http_health_check.codec_client_type: HTTP3 is not supported yet; HTTP1 and HTTP2 are")]
    [TestCase("http_health_check: {path: /, expected_statuses: [{start: 300, end: 300}]}", "health_checks[0].http_health_check.expected_statuses[0]: [300, 300) must be a range of statuses from 100 to 599 that is not empty")]
    public void Cluster_HealthCheckThatCannotWork_IsRefused(string probe, string fault)
    {
        Loading.Faults(Loading.ClusterText("health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, " + probe + "}]"))
            .Should().ContainSingle().Which.Should().EndWith($"static_resources.clusters[0].{fault}");
    }

    [Test]
    public void Endpoint_HealthCheckConfig_IsKept()
    {
        var cluster = Loading.Cluster(
            """
            load_assignment:
              cluster_name: c
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 1.2.3.4, port_value: 80}}, health_check_config: {port_value: 81, hostname: own, disable_active_health_check: true}}}]}]
            """);

        cluster.Endpoints[0].Endpoints[0].HealthCheck.Should().Be(new EndpointHealthCheckConfig { Port = 81, Hostname = "own", IsDisabled = true });
    }

    private static string Checks(string http) => $"health_checks: [{{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: {{{http}}}}}]";
}
