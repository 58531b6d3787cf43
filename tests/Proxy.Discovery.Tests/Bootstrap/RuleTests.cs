namespace Proxy.Discovery.Tests.Bootstrap;

/// <summary>Every kind of validation rule, each on a field of the API that has it.</summary>
internal sealed class RuleTests
{
    private const string Cluster = "envoy.config.cluster.v3.Cluster";
    private const string Core = "envoy.config.core.v3.";
    private const string Route = "envoy.config.route.v3.";

    [TestCase(Cluster, "{}", "name: required (a string that is not empty)")]
    [TestCase(Cluster, "{name: ''}", "name: must not be empty")]
    [TestCase(Cluster, "{name: u, connect_timeout: 0s}", "connect_timeout: must be greater than 0s")]
    [TestCase(Cluster, "{name: u, dns_refresh_rate: 0.001s}", "dns_refresh_rate: must be greater than 0.001s")]
    [TestCase(Cluster, "{name: u, wait_for_warm_on_init: {valeu: true}}", "wait_for_warm_on_init.valeu: unknown field (did you mean value?)")]
    [TestCase(Cluster, "{name: u, common_lb_config: {healthy_panic_threshold: {value: 100.5}}}", "common_lb_config.healthy_panic_threshold.value: must be at most 100")]
    [TestCase(Cluster, "{name: u, common_lb_config: {healthy_panic_threshold: {value: NaN}}}", "common_lb_config.healthy_panic_threshold.value: NaN is out of range")]
    [TestCase(Cluster, "{name: u, max_requests_per_connection: 1, least_request_lb_config: {choice_count: 1}}", "least_request_lb_config.choice_count: must be at least 2")]
    [TestCase(Cluster, "{name: u, lb_policy: 99}", "lb_policy: 99 is no value of envoy.config.cluster.v3.Cluster.LbPolicy (one of *")]
    [TestCase(Cluster, "{name: u, cleanup_interval: -1s}", "cleanup_interval: must be greater than 0s")]
    [TestCase(Core + "SocketAddress", "{address: a, port_value: 65536}", "port_value: must be at most 65535")]
    [TestCase(Core + "HeaderValue", "{key: \"a\\nb\"}", "key: must not contain NUL, CR or LF")]
    [TestCase(Core + "HttpProtocolOptions", "{idle_timeout: -1s}", "idle_timeout: must not be negative")]
    [TestCase(Core + "Metadata", "{filter_metadata: {'': {}}}", "filter_metadata[]: must not be empty")]
    [TestCase(Core + "EnvoyInternalAddress", "{server_listener_name: a, server_listener_nam: b}", "server_listener_nam: unknown field (did you mean server_listener_name?)")]
    [TestCase(Route + "RouteMatch", "{path_separated_prefix: /a/}", "path_separated_prefix: does not match ^[^?#]+[^?#/]$")]
    [TestCase(Route + "RedirectAction", "{path_redirect: \"/a\\0\"}", "path_redirect: must not contain NUL, CR or LF")]
    [TestCase(Route + "DirectResponseAction", "{status: 100}", "status: must be at least 200")]
    [TestCase(Route + "VirtualHost", "{name: v}", "domains: must not be empty")]
    [TestCase(Route + "WeightedCluster", "{clusters: []}", "clusters: must not be empty")]
    [TestCase("envoy.config.accesslog.v3.ResponseFlagFilter", "{flags: [UH, XX]}", "flags[1]: must be one of LH, UH*")]
    [TestCase("envoy.config.endpoint.v3.LocalityLbEndpoints", "{priority: 129}", "priority: must be at most 128")]
    public void Rule_Broken_IsNamed(string message, string text, string fault) =>
        Reading.Yaml(text, message).Lines.Should().ContainSingle().Which.Should().Match($"envoy.yaml:1:* {fault}");

    [TestCase(Cluster, "{name: u, connect_timeout: 0.001s, lb_policy: ROUND_ROBIN}")]
    [TestCase(Core + "SocketAddress", "{address: a, port_value: 65535}")]
    [TestCase(Core + "SocketAddress", "{address: a, port_value: 0}")]
    [TestCase(Route + "DirectResponseAction", "{status: 200}")]
    [TestCase(Route + "RouteMatch", "{path_separated_prefix: /a}")]
    [TestCase("envoy.config.accesslog.v3.ResponseFlagFilter", "{}")]
    [TestCase("envoy.config.endpoint.v3.LocalityLbEndpoints", "{priority: 128}")]
    public void Rule_JustKept_IsSilent(string message, string text) => Reading.Yaml(text, message).Lines.Should().BeEmpty();
}
