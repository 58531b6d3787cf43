using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1RouteTests
{
    private const string Host = "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0]";

    [TestCase("""{"prefix": "/a", "cluster": "c"}""", "{match: {prefix: /a}, route: {cluster: c}}")]
    [TestCase("""{"path": "/a", "case_sensitive": false, "cluster_header": "h"}""", "{match: {path: /a, case_sensitive: false}, route: {cluster_header: h}}")]
    [TestCase("""{"regex": "/b+", "cluster": "c", "timeout_ms": 0}""", "{match: {safe_regex: {regex: /b+}}, route: {cluster: c, timeout: 0s}}")]
    [TestCase(
        """{"prefix": "/", "cluster": "c", "headers": [{"name": "a"}, {"name": "b", "value": "x"}, {"name": "d", "value": "x+", "regex": true}, {"name": "e", "range_match": {"start": 1, "end": 3}}]}""",
        "{match: {prefix: /, headers: [{name: a, present_match: true}, {name: b, string_match: {exact: x}}, {name: d, string_match: {safe_regex: {regex: x+}}}, {name: e, range_match: {start: 1, end: 3}}]}, route: {cluster: c}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "query_parameters": [{"name": "q"}, {"name": "r", "value": "1"}]}""",
        "{match: {prefix: /, query_parameters: [{name: q, present_match: true}, {name: r, string_match: {exact: 1}}]}, route: {cluster: c}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "runtime": {"key": "k", "default": 30}}""",
        "{match: {prefix: /, runtime_fraction: {default_value: {numerator: 30, denominator: HUNDRED}, runtime_key: k}}, route: {cluster: c}}")]
    [TestCase("""{"prefix": "/a", "host_redirect": "h", "path_redirect": "/p"}""", "{match: {prefix: /a}, redirect: {host_redirect: h, path_redirect: /p, strip_query: true}}")]
    [TestCase("""{"prefix": "/a", "host_redirect": "h"}""", "{match: {prefix: /a}, redirect: {host_redirect: h}}")]
    [TestCase("""{"prefix": "/a", "path_redirect": "/p?x=1"}""", "{match: {prefix: /a}, redirect: {path_redirect: /p?x=1}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "prefix_rewrite": "/x", "host_rewrite": "h", "priority": "high"}""",
        "{match: {prefix: /}, route: {cluster: c, prefix_rewrite: /x, host_rewrite_literal: h, priority: HIGH}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "retry_policy": {"retry_on": "5xx", "num_retries": 3, "per_try_timeout_ms": 100}}""",
        "{match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: 5xx, num_retries: 3, per_try_timeout: 0.1s}}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "shadow": {"cluster": "c", "runtime_key": "k"}}""",
        "{match: {prefix: /}, route: {cluster: c, request_mirror_policies: [{cluster: c, runtime_fraction: {default_value: {numerator: 0, denominator: TEN_THOUSAND}, runtime_key: k}}]}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "hash_policy": {"header_name": "h"}}""", "{match: {prefix: /}, route: {cluster: c, hash_policy: [{header: {header_name: h}}]}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "use_websocket": true, "timeout_ms": 5}""", "{match: {prefix: /}, route: {cluster: c, timeout: 0s, upgrade_configs: [{upgrade_type: websocket}]}}")]
    [TestCase("""{"prefix": "/", "weighted_clusters": {"runtime_key_prefix": "p", "clusters": [{"name": "c", "weight": 100}]}}""",
        "{match: {prefix: /}, route: {weighted_clusters: {runtime_key_prefix: p, clusters: [{name: c, weight: 100}]}}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "opaque_config": {"a": "b"}, "decorator": {"operation": "o"}}""",
        "{match: {prefix: /}, decorator: {operation: o}, metadata: {filter_metadata: {envoy.router: {a: b}}}, route: {cluster: c}}")]
    [TestCase("""{"prefix": "/", "cluster": "c", "request_headers_to_add": [{"key": "a", "value": "%CLIENT_IP%"}]}""",
        "{match: {prefix: /}, request_headers_to_add: [{header: {key: a, value: %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%}, append_action: APPEND_IF_EXISTS_OR_ADD}], route: {cluster: c}}")]
    public void Route_IsTranslatedAndLoads(string route, string expected)
    {
        Translated(Table(route), Host + ".routes[0]").Should().Be(expected);
        Faults(Table(route)).Should().BeEmpty();
    }

    [TestCase("""{"cluster": "c"}""", "routes must specify one of prefix/path/regex")]
    [TestCase("""{"prefix": "/", "path": "/", "cluster": "c"}""", "routes must specify one of prefix/path/regex")]
    [TestCase("""{"prefix": "/", "cluster": "c", "host_redirect": "h"}""", "routes must be either redirects or cluster targets")]
    [TestCase("""{"prefix": "/"}""", "routes must have redirect or one of cluster/cluster_header/weighted_clusters")]
    [TestCase("""{"prefix": "/", "cluster": "c", "cluster_header": "c"}""", "routes must specify one of cluster/cluster_header/weighted_clusters")]
    [TestCase("""{"prefix": "/", "cluster": "c", "host_rewrite": "h", "auto_host_rewrite": false}""", "routes cannot have both auto_host_rewrite and host_rewrite options set")]
    [TestCase("""{"prefix": "/", "host_redirect": "h", "use_websocket": false}""", "Redirect route entries must not have WebSockets set")]
    [TestCase("""{"prefix": "/", "weighted_clusters": {"clusters": [{"name": "c", "weight": 99}]}}""", "Sum of weights in the weighted_cluster should add up to 100")]
    [TestCase("""{"prefix": "/", "cluster": "c", "timeout_m": 1}""", "routes[0].timeout_m: unknown key (did you mean timeout_ms?)")]
    [TestCase("""{"prefix": "/", "cluster": "c", "retry_policy": {}}""", "routes[0].retry_policy: key 'retry_on' is missing")]
    [TestCase("""{"prefix": "/", "cluster": "c", "priority": "low"}""", "must be default or high, not \"low\"")]
    [TestCase("""{"prefix": "/", "cluster": "nowhere"}""", "nowhere")]
    public void Route_Wrong_IsRefusedInV1Terms(string route, string message)
    {
        Faults(Table(route)).Should().ContainSingle().Which.Should()
            .StartWith("v1.json:1:").And.Contain("listeners[0].filters[0].config.route_config.virtual_hosts[0].routes[0]").And.Contain(message);
    }

    [Test]
    public void VirtualHost_EqualSuffixesAndNames_TheFirstIsKept()
    {
        var manager = Manager(""" "route_config": {"virtual_hosts": [{"name": "v", "domains": ["*.a", "b"], "routes": []}, {"name": "v", "domains": ["*.a", "c"], "routes": []}]}""");

        Translated(manager, Host[..^3] + "[1]").Should().Be("{name: v_2, domains: [c]}");
        Faults(manager).Should().BeEmpty();
    }

    [Test]
    public void VirtualHost_WithoutADomainOfItsOwn_IsLeftOut()
    {
        var manager = Manager(""" "route_config": {"virtual_hosts": [{"name": "v", "domains": ["*.a"], "routes": []}, {"name": "w", "domains": ["*.a"], "routes": []}]}""");

        Translated(manager, Host[..^3] + "[1]").Should().BeEmpty();
        Faults(manager).Should().ContainSingle().Which.Should().Contain("virtual_hosts[1]: warning: is left out");
    }

    [TestCase(""" "timeout_ms": 0 """)]
    [TestCase(""" "use_websocket": true """)]
    public void Route_TryWithALimitAndRouteWithout_HasNone(string setting)
    {
        var table = Table($$"""{"prefix": "/", "cluster": "c", "retry_policy": {"retry_on": "5xx", "per_try_timeout_ms": 100}, {{setting}}}""");

        Translated(table, Host + ".routes[0].route.retry_policy").Should().Be("{retry_on: 5xx}");
        Faults(table).Should().ContainSingle().Which.Should().Contain("retry_policy.per_try_timeout_ms: warning: is left out");
    }

    [TestCase(""" "require_ssl": "external_only" """, "require_tls", "EXTERNAL_ONLY")]
    [TestCase(""" "virtual_clusters": [{"name": "n", "pattern": "/a", "method": "GET"}] """, "virtual_clusters",
        "[{name: n, headers: [{name: :path, string_match: {safe_regex: {regex: /a}}}, {name: :method, string_match: {exact: GET}}]}]")]
    [TestCase(""" "rate_limits": [{"actions": [{"type": "remote_address"}]}] """, "rate_limits", "")]
    public void VirtualHost_Setting_IsTranslated(string settings, string path, string expected)
    {
        Translated(Table("", settings), $"{Host}.{path}").Should().Be(expected);
        Faults(Table("", settings)).Should().BeEmpty();
    }
}
