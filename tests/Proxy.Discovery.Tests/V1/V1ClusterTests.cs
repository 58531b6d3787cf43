using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1ClusterTests
{
    private const string Path = "static_resources.clusters[1].";

    [TestCase(""" "dns_refresh_rate_ms": 1500""", "dns_refresh_rate", "1.5s")]
    [TestCase(""" "dns_lookup_family": "auto" """, "dns_lookup_family", "AUTO")]
    [TestCase("", "dns_lookup_family", "V4_ONLY")]
    [TestCase("", "connect_timeout", "0.25s")]
    [TestCase("", "lb_policy", "RANDOM")]
    [TestCase("", "load_assignment", "{cluster_name: d, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}")]
    [TestCase(""" "circuit_breakers": {"high": {"max_retries": 7}} """, "circuit_breakers", "{thresholds: [{priority: HIGH, max_retries: 7}]}")]
    [TestCase(""" "outlier_detection": {"interval_ms": 20}""", "outlier_detection", "{interval: 0.02s, max_ejection_time: 86400s, successful_active_health_check_uneject_host: false}")]
    [TestCase(""" "dns_resolvers": ["[::1]:53"]""", "typed_dns_resolver_config.typed_config.resolvers", "[{socket_address: {address: ::1, port_value: 53}}]")]
    public void Cluster_Setting_IsTranslated(string settings, string path, string expected)
    {
        Translated(ClusterWith(settings), Path + path).Should().Be(expected);
    }

    [TestCase("", "{common_http_protocol_options: {idle_timeout: 0s}, explicit_http_config: {http_protocol_options: {}}}")]
    [TestCase(
        """ "features": "http2" """,
        "{common_http_protocol_options: {idle_timeout: 0s}, explicit_http_config: {http2_protocol_options: {max_concurrent_streams: 2147483647, initial_stream_window_size: 268435456, initial_connection_window_size: 268435456}}}")]
    [TestCase(
        """ "http2_settings": {"max_concurrent_streams": 5, "hpack_table_size": 0}, "max_requests_per_connection": 3 """,
        "{common_http_protocol_options: {idle_timeout: 0s, max_requests_per_connection: 3}, explicit_http_config: {http2_protocol_options: {hpack_table_size: 0, max_concurrent_streams: 5, initial_stream_window_size: 268435456, initial_connection_window_size: 268435456}}}")]
    public void Cluster_Protocol_HasTheLimitsOfItsTime(string settings, string expected)
    {
        var config = V1Examples.Load("v1.json", System.Text.Encoding.UTF8.GetBytes(ClusterWith(settings))).Config;

        config.Should().NotBeNull();
        Translated(ClusterWith(settings), Path + "typed_extension_protocol_options").Should().EndWith(expected[1..] + "}");
    }

    [TestCase("static", "tcp://name:1", "malformed url: tcp://name:1")]
    [TestCase("static", "tcp://127.0.0.1:1/", "malformed url")]
    [TestCase("static", "tcp://127.0.0.1:65536", "malformed url")]
    [TestCase("strict_dns", "unix:///a", "unresolved URL must be TCP scheme, got: unix:///a")]
    public void Host_BadUrl_IsRefused(string type, string url, string message)
    {
        Faults(ClusterWith("", type, hosts: $$""" "hosts": [{"url": "{{url}}"}]""")).Should().ContainSingle().Which.Should()
            .MatchRegex("""^v1\.json:3:\d+ cluster_manager\.clusters\[1\]\.hosts\[0\]\.url: """).And.Contain(message);
    }

    [TestCase("static", "unix:///a", "{pipe: {path: /a}}")]
    [TestCase("static", "tcp://[::1]:5", "{socket_address: {address: ::1, port_value: 5}}")]
    [TestCase("logical_dns", "tcp://name:0", "{socket_address: {address: name, port_value: 0}}")]
    public void Host_Url_IsAnAddress(string type, string url, string expected)
    {
        Translated(ClusterWith("", type, hosts: $$""" "hosts": [{"url": "{{url}}"}]"""), Path + "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address").Should().Be(expected);
    }

    [TestCase("static", "random", "", "key 'hosts' is missing")]
    [TestCase("original_dst", "original_dst_lb", """ "hosts": [{"url": "tcp://127.0.0.1:1"}]""", "original_dst clusters must have no hosts configured")]
    [TestCase("original_dst", "random", "", "clusters of type original_dst need lb_type original_dst_lb")]
    [TestCase("logical_dns", "random", """ "hosts": [{"url": "tcp://a:1"}, {"url": "tcp://b:1"}]""", "logical_dns clusters must have a single host")]
    [TestCase("static", "random", """ "hosts": [{"url": "tcp://127.0.0.1:1"}, {"url": "tcp://127.0.0.1:1"}]""", "stands there twice")]
    [TestCase("sds", "random", "", "cannot create sds cluster with no sds config")]
    public void Cluster_TypeWithoutWhatItNeeds_IsRefused(string type, string balancer, string hosts, string message)
    {
        Faults(ClusterWith("", type, balancer, hosts)).Should().ContainSingle().Which.Should().Contain(message);
    }

    [Test]
    public void Cluster_OfSds_AsksTheService()
    {
        const string Sds = """ "sds": {"refresh_delay_ms": 15000, "cluster": {"name": "s d", "type": "static", "lb_type": "random", "connect_timeout_ms": 1, "hosts": [{"url": "tcp://127.0.0.1:1"}]}}""";
        var text = Text(clusters: """{"name": "d", "type": "sds", "service_name": "svc", "lb_type": "random", "connect_timeout_ms": 1}""", manager: Sds);

        Translated(text, "static_resources.clusters[2].eds_cluster_config").Should().Be("{eds_config: {path_config_source: {path: v1+rest://s%20d/registration?refresh_delay=15s}}, service_name: svc}");
        Translated(text, "static_resources.clusters[0].name").Should().Be("s d");
        Faults(text, hasNode: false).Should().BeEmpty("the path of the request does not name the node");
    }

    [TestCase("""{"type": "http", "path": "/p", "service_name": "s"}""", "http_health_check: {path: /p, service_name_matcher: {prefix: s}, codec_client_type: HTTP1}")]
    [TestCase("""{"type": "tcp", "send": [{"binary": "AB"}, {"binary": "CD"}], "receive": [{"binary": "EF"}]}""", "tcp_health_check: {send: {text: ABCD}, receive: [{text: EF}]}")]
    [TestCase("""{"type": "tcp"}""", "tcp_health_check: {}")]
    public void HealthCheck_Kind_IsTranslated(string check, string expected)
    {
        var common = check[..^1] + """, "timeout_ms": 1000, "interval_ms": 2000, "unhealthy_threshold": 2, "healthy_threshold": 3}""";

        Translated(ClusterWith($""" "health_check": {common}"""), Path + "health_checks[0]").Should().Be($$"""{timeout: 1s, interval: 2s, unhealthy_threshold: 2, healthy_threshold: 3, {{expected}}}""");
    }

    [TestCase("86400001", "86400.001s")]
    [TestCase("86400000", "86400s")]
    public void Outliers_FirstTimeOut_IsNeverAboveTheLongest(string milliseconds, string longest)
    {
        var text = ClusterWith($$""" "outlier_detection": {"base_ejection_time_ms": {{milliseconds}}} """);

        Translated(text, Path + "outlier_detection.max_ejection_time").Should().Be(longest);
        Faults(text).Should().BeEmpty();
    }

    [TestCase("true", "MURMUR_HASH_2")]
    [TestCase("false", "XX_HASH")]
    public void RingHash_Function_IsThatOfTheTime(string isStd, string expected)
    {
        Translated(ClusterWith($$""" "ring_hash_lb_config": {"use_std_hash": {{isStd}}}""", balancer: "ring_hash"), Path + "ring_hash_lb_config.hash_function").Should().Be(expected);
    }
}
