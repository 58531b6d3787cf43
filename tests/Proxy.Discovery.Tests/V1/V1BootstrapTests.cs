using System.Text;
using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1BootstrapTests
{
    private const string Chains = "static_resources.listeners[0].filter_chains";
    private const string Hcm = Chains + "[0].filters[0].typed_config.";

    [Test]
    public void Shape_OfV1_IsSeenInYamlToo()
    {
        const string Yaml =
            """
            admin: {access_log_path: /dev/null, address: "tcp://127.0.0.1:1"}
            listeners:
            - address: "tcp://127.0.0.1:80"
              filters:
              - name: echo
                config: {}
            cluster_manager: {clusters: []}
            """;

        V1Examples.Load("v1.yaml", Encoding.UTF8.GetBytes(Yaml)).Config!.Listeners.Should().ContainSingle();
    }

    [Test]
    public void Shape_OfV3_IsLeftAlone()
    {
        const string Text = """{"static_resources": {}, "listeners": [], "cluster_manager": {}}""";

        Faults(Text).Should().ContainSingle().Which.Should().Contain("listeners: unknown field");
    }

    [Test]
    public void Inline_V3_IsMergedOver()
    {
        var result = V1Examples.Load("v1.json", Encoding.UTF8.GetBytes(Text()), inline: "static_resources: {clusters: [{name: more}]}");

        result.Config!.Clusters.Select(static cluster => cluster.Name).Should().Equal("c", "more");
    }

    [Test]
    public void Faults_OfTheSchema_AreFoundAtOnce()
    {
        const string Text = """{"listeners": [{"adress": "x", "filters": 1}], "admin": {"address": "tcp://127.0.0.1:1"}, "cluster_manager": {}}""";

        Faults(Text).Should().Equal(
            "v1.json:1:16 listeners[0]: key 'address' is missing",
            "v1.json:1:17 listeners[0].adress: unknown key (did you mean address?)",
            "v1.json:1:43 listeners[0].filters: must be a list, not 1",
            "v1.json:1:57 admin: key 'access_log_path' is missing",
            "v1.json:1:110 cluster_manager: key 'clusters' is missing");
    }

    [Test]
    public void Faults_WithoutEnd_AreNotLookedForWithoutEnd()
    {
        var garbage = string.Concat(Enumerable.Repeat("1,", 200_000));

        var faults = Faults($$"""{"listeners": [{{garbage}}1], "admin": {"address": "tcp://127.0.0.1:1"}, "cluster_manager": {} }""").ToList();

        faults.Should().HaveCount(1000);
        faults[0].Should().Contain("listeners[0]: must be an object, not 1");
    }

    [TestCase(""" "statsd_udp_ip_address": "127.0.0.1:8125" """, "statsd_udp_ip_address: not supported yet")]
    [TestCase(""" "tracing": {"http": {"driver": {"type": "jaeger", "config": {}}}} """, "Didn't find a registered implementation for name: 'jaeger'")]
    [TestCase(""" "stats_flush_interval_ms": 0 """, "must be at least 1, not 0")]
    [TestCase(""" "flags_path": "/f", "flags_path": "/g" """, "flags_path is given twice")]
    public void Top_SettingThatCannotBe_IsRefusedByName(string setting, string message)
    {
        Faults(Text(top: setting)).Should().Contain(fault => fault.Contains(message));
    }

    [TestCase(""" "statsd_local_udp_port": 8125 """, "stats_sinks", "[{name: envoy.stat_sinks.statsd, typed_config: {@type: type.googleapis.com/envoy.config.metrics.v3.StatsdSink, address: {socket_address: {address: 127.0.0.1, port_value: 8125, protocol: UDP}}}}]")]
    [TestCase(""" "watchdog_miss_timeout_ms": 300 """, "watchdogs.worker_watchdog", "{miss_timeout: 0.3s}")]
    [TestCase(""" "stats_flush_interval_ms": 2500 """, "stats_flush_interval", "2.5s")]
    [TestCase(""" "lds": {"cluster": "c"} """, "dynamic_resources.lds_config.path_config_source.path", "v1+rest://c/listeners?refresh_delay=30s")]
    [TestCase(
        """ "runtime": {"symlink_root": "/r", "subdirectory": "e", "override_subdirectory": "o"} """,
        "layered_runtime.layers",
        "[{name: root, disk_layer: {symlink_root: /r, subdirectory: e}}, {name: override, disk_layer: {symlink_root: /r, subdirectory: o, append_service_cluster: true}}, {name: admin, admin_layer: {}}]")]
    public void Top_Setting_IsTranslated(string setting, string path, string expected)
    {
        Translated(Text(top: setting), path).Should().Be(expected);
    }

    [Test]
    public void Discovery_WithoutNode_IsRefused()
    {
        Faults(Text(top: """ "lds": {"cluster": "c"} """), hasNode: false).Should().ContainSingle().Which.Should().Contain(" lds: setting --service-cluster and --service-node is required");
    }

    [Test]
    public void Discovery_ThroughUnknownCluster_IsRefused()
    {
        Faults(Manager(""" "rds": {"cluster": "x", "route_config_name": "r"} """)).Should().ContainSingle().Which.Should().Contain("config.rds: unknown cluster 'x'");
    }

    [TestCase("", "http connection manager must have either rds or route_config but not both")]
    [TestCase(""" "rds": {"cluster": "c", "route_config_name": "r"}, "route_config": {"virtual_hosts": []} """, "http connection manager must have either rds or route_config but not both")]
    [TestCase(""" "route_config": {"virtual_hosts": []}, "tracing": {"operation_name": "ingress"} """, "config.tracing: not supported yet")]
    public void Manager_Wrong_IsRefused(string settings, string message)
    {
        Faults(Manager(settings)).Should().ContainSingle().Which.Should().Contain(message);
    }

    [TestCase("stream_idle_timeout", "0s")]
    [TestCase("common_http_protocol_options", "{idle_timeout: 0s}")]
    [TestCase("http_protocol_options", "{allow_absolute_url: false}")]
    [TestCase("http2_protocol_options", "{max_concurrent_streams: 2147483647, initial_stream_window_size: 268435456, initial_connection_window_size: 268435456}")]
    [TestCase("upgrade_configs", "")]
    public void Manager_DefaultsThatDiffer_AreSet(string path, string expected)
    {
        Translated(Manager(""" "route_config": {"virtual_hosts": []} """), Hcm + path).Should().Be(expected);
    }

    [TestCase(""" "idle_timeout_s": 10 """, "common_http_protocol_options", "{idle_timeout: 10s}")]
    [TestCase(""" "forward_client_cert": "append_forward" """, "forward_client_cert_details", "APPEND_FORWARD")]
    [TestCase(""" "set_current_client_cert_details": ["SAN"] """, "set_current_client_cert_details", "{subject: false, uri: true}")]
    [TestCase(""" "http_codec_options": "no_compression" """, "http2_protocol_options.hpack_table_size", "0")]
    public void Manager_Setting_IsTranslated(string setting, string path, string expected)
    {
        Translated(Manager(setting + """, "route_config": {"virtual_hosts": []} """), Hcm + path).Should().Be(expected);
    }

    [TestCase("""{"name": "health_check", "config": {"pass_through_mode": false, "endpoint": "/h"}}""", "{pass_through_mode: false, headers: [{name: :path, string_match: {exact: /h}}]}")]
    [TestCase(
        """{"name": "fault", "config": {"abort": {"abort_percent": 5, "http_status": 503}, "delay": {"type": "fixed", "fixed_delay_percent": 1, "fixed_duration_ms": 10}}}""",
        "{abort: {http_status: 503, percentage: {numerator: 5, denominator: HUNDRED}}, delay: {fixed_delay: 0.01s, percentage: {numerator: 1, denominator: HUNDRED}}}")]
    [TestCase("""{"name": "lua", "config": {"inline_code": "x"}}""", "{default_source_code: {inline_string: x}}")]
    [TestCase("""{"name": "buffer", "config": {"max_request_bytes": 5, "max_request_time_s": 7}}""", "{max_request_bytes: 5}")]
    public void HttpFilter_IsTranslated(string filter, string expected)
    {
        var text = Manager(""" "route_config": {"virtual_hosts": []} """, filter + ", " + Router);

        Translated(text, Hcm + "http_filters[0].typed_config").Should().EndWith(", " + expected[1..]);
        Translated(text, Hcm + "http_filters[1].name").Should().Be("envoy.filters.http.router");
    }

    [Test]
    public void HttpFilter_RateLimitWithoutService_IsLeftOut()
    {
        Translated(Manager(""" "route_config": {"virtual_hosts": []} """, """{"name": "rate_limit", "config": {"domain": "d"}}"""), Hcm + "http_filters")
            .Should().Be("[{name: envoy.filters.http.router, typed_config: {@type: type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]");
    }

    [Test]
    public void HttpFilter_OfAnotherMaker_IsRefusedByName()
    {
        Faults(Manager(""" "route_config": {"virtual_hosts": []} """, """{"name": "mixer", "config": {}}""")).Should().ContainSingle().Which.Should()
            .Contain("listeners[0].filters[0].config.filters[0].name: Didn't find a registered implementation for name: 'mixer'");
    }

    [TestCase("""{"cluster": "c"}""", "[{filters: [F]}]", "")]
    [TestCase("", "[{}]", "")]
    [TestCase("""{"cluster": "c", "destination_ip_list": ["10.0.0.0/8"]}""", "[{filter_chain_match: {prefix_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]}, filters: [F]}]", "")]
    [TestCase("""{"cluster": "c", "destination_ports": "80,90-91"}, {"cluster": "c"}""",
        "[{filter_chain_match: {destination_port: 80}, filters: [F]}, {filter_chain_match: {destination_port: 90}, filters: [F]}, {filter_chain_match: {destination_port: 91}, filters: [F]}]", "{filters: [F]}")]
    public void TcpProxy_Routes_AreFilterChains(string routes, string chains, string others)
    {
        const string Filter = "{name: envoy.filters.network.tcp_proxy, typed_config: {@type: type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: c, idle_timeout: 0s}}";
        var text = Text(TcpListener(routes));

        Translated(text, Chains).Replace(Filter, "F", StringComparison.Ordinal).Should().Be(chains);
        Translated(text, "static_resources.listeners[0].default_filter_chain").Replace(Filter, "F", StringComparison.Ordinal).Should().Be(others);
        Faults(text).Should().BeEmpty();
    }

    [TestCase("""{"cluster": "c", "destination_ports": "80-90"}, {"cluster": "c", "destination_ports": "85"}""", "v3 does not try them in their order")]
    [TestCase("""{"cluster": "c", "destination_ports": "80"}, {"cluster": "c", "source_ports": "85"}""", "v3 does not try them in their order")]
    [TestCase("""{"cluster": "c", "source_ports": "9-8"}""", "invalid port number or range '9-8'")]
    [TestCase("""{"cluster": "c", "source_ip_list": ["10.0.0.0/33"]}""", "Invalid cidr entry: 10.0.0.0/33")]
    [TestCase("""{"cluster": "x"}""", "tcp proxy: unknown cluster 'x' in TCP route")]
    public void TcpProxy_RoutesThatChainsCannotBe_AreRefused(string routes, string message)
    {
        Faults(Text(TcpListener(routes))).Should().Contain(fault => fault.Contains(message));
    }

    [TestCase(""" "use_proxy_proto": true """, "listener_filters[0].typed_config.disallowed_versions", "[V2]")]
    [TestCase(""" "drain_type": "modify_only" """, "drain_type", "MODIFY_ONLY")]
    [TestCase(""" "ssl_context": {"cert_chain_file": "c.pem", "private_key_file": "k.pem", "alpn_protocols": "h2,http/1.1", "ca_cert_file": "a.pem", "verify_subject_alt_name": ["n"]} """,
        "filter_chains[0].transport_socket.typed_config",
        "{@type: type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, common_tls_context: {tls_certificates: [{certificate_chain: {filename: c.pem}, private_key: {filename: k.pem}}], "
        + "validation_context: {trusted_ca: {filename: a.pem}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: n}}, {san_type: URI, matcher: {exact: n}}]}, alpn_protocols: [h2, http/1.1]}, require_client_certificate: true}")]
    public void Listener_Setting_IsTranslatedAndLoads(string setting, string path, string expected)
    {
        var text = Text(Listener("""{"name": "echo", "config": {}}""", setting));

        Translated(text, "static_resources.listeners[0]." + path).Should().Be(expected);
        Faults(text).Should().BeEmpty();
    }

    [Test]
    public void AccessLog_Filters_AreTranslated()
    {
        var text = Manager(
            """
            "route_config": {"virtual_hosts": []},
            "access_log": [{"path": "/dev/null", "format": "%DOWNSTREAM_ADDRESS%", "filter": {"type": "logical_or", "filters": [{"type": "status_code", "op": ">=", "value": 500, "runtime_key": "k"}, {"type": "not_healthcheck"}]}}]
            """);

        Translated(text, Hcm + "access_log[0].filter").Should().Be("{or_filter: {filters: [{status_code_filter: {comparison: {op: GE, value: {default_value: 500, runtime_key: k}}}}, {not_health_check_filter: {}}]}}");
        Translated(text, Hcm + "access_log[0].typed_config.log_format.text_format_source.inline_string").Should().Be("%DOWNSTREAM_REMOTE_ADDRESS%");
        Faults(text).Should().BeEmpty();
    }

    [Test]
    public void Fault_OfACompiledConfiguration_IsPlacedInTheV1Text()
    {
        var result = V1Examples.Load("v1.json", Encoding.UTF8.GetBytes(Text(Listener("""{"name": "echo", "config": {}}"""))));

        result.Place("listeners[0].address", "in use").ToString().Should().Be("v1.json:1:28 listeners[0].address: in use");
    }

    private static string TcpListener(string routes) => Listener("""{"name": "tcp_proxy", "config": {"stat_prefix": "t", "route_config": {"routes": [""" + routes + "]}}}");
}
