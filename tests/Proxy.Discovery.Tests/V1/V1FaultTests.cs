using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

/// <summary>What is said of wrong configurations names the keys of v1, where they stand, and nothing of v3.</summary>
public sealed class V1FaultTests
{
    private const string Tables = """ "route_config": {"virtual_hosts": []} """;

    private static readonly string[] ForeignWords = ["envoy.", "static_resources", "typed_config", "v1+rest", " in v3", "filter_chains", "load_assignment"];

    [TestCase("per_connection_buffer_limit_bytes", "5000000000", "listeners[0].per_connection_buffer_limit_bytes: must be at most 4294967295, not 5000000000")]
    [TestCase("ssl_context", """{"cert_chain_file": "/no", "private_key_file": ""}""", "listeners[0].ssl_context.private_key_file: key 'private_key_file' is missing")]
    public void Listener_Setting(string key, string value, string fault) =>
        FirstFault(Text(Listener("""{"name": "echo", "config": {}}""", $"\"{key}\": {value}"))).Should().Contain(fault);

    [TestCase("buffer", """{"max_request_bytes": 1, "max_request_time_s": 1}""")]
    [TestCase("lua", """{"inline_code": "x"}""")]
    [TestCase("http_dynamo_filter", "{}")]
    public void Filter_ThatIsNotHereYet_IsNamed(string name, string config) =>
        FirstFault(Manager(Tables, $$"""{"name": "{{name}}", "config": {{config}}}""")).Should().EndWith($" listeners[0].filters[0].config.filters[0].config: filter {name} is not supported yet");

    [TestCase("idle_timeout_s", "315576000001", "idle_timeout_s: must be at most 315576000000, not 315576000001")]
    [TestCase("access_log", """[{"path": "/dev/null"}, {"path": "/dev/null", "filter": {"type": "duration", "op": "=", "value": 4294967296}}]""", "access_log[1].filter.value: must be at most 4294967295")]
    [TestCase("tracing", """{"operation_name": "ingress"}""", "config.tracing: not supported yet")]
    public void Manager_Setting(string key, string value, string fault) => FirstFault(Manager($"{Tables}, \"{key}\": {value}")).Should().Contain(fault);

    [TestCase("timeout_ms", "9223372036854775807", "routes[0].timeout_ms: must be at most 315576000000000, not 9223372036854775807")]
    [TestCase("timeout_ms", "9223372036854775808", "routes[0].timeout_ms: must be a whole number, not 9223372036854775808")]
    [TestCase("retry_policy", """{"retry_on": "5xx", "num_retries": 4294967296}""", "routes[0].retry_policy.num_retries: must be at most 4294967295")]
    [TestCase("shadow", """{"cluster": ""}""", "routes[0].shadow.cluster: must not be empty")]
    [TestCase("shadow", """{"cluster": "x"}""", "routes[0].shadow.cluster: there is no cluster x")]
    public void Route_Setting(string key, string value, string fault) => FirstFault(Table($$"""{"prefix": "/", "cluster": "c", "{{key}}": {{value}}}""")).Should().Contain(fault);

    [TestCase("""{"prefix": "/", "weighted_clusters": {"clusters": [{"name": "c", "weight": 9223372036854775807}, {"name": "c", "weight": 100}]}}""", "clusters[0].weight: must be at most 4294967295")]
    [TestCase("""{"prefix": "/", "cluster": "nowhere"}""", "routes[0].cluster: there is no cluster nowhere")]
    public void Route_Target(string route, string fault) => FirstFault(Table(route)).Should().Contain(fault);

    [TestCase("max_requests_per_connection", "4294967296", "max_requests_per_connection: must be at most 4294967295")]
    [TestCase("connect_timeout_ms", "1", "connect_timeout_ms is given twice")]
    [TestCase("ssl_context", """{"cert_chain_file": "/c.pem"}""", "ssl_context: key 'private_key_file' is missing")]
    [TestCase("dns_resolvers", """["8.8.8.8:53"]""", "dns_resolvers: not supported yet")]
    [TestCase("health_check", """{"type": "redis", "timeout_ms": 1, "interval_ms": 1, "unhealthy_threshold": 1, "healthy_threshold": 1}""", "health_check: not supported yet")]
    public void Cluster_Setting(string key, string value, string fault) => FirstFault(ClusterWith($"\"{key}\": {value}")).Should().Contain("cluster_manager.clusters[1].").And.Contain(fault);

    [TestCase("watchdog_kill_timeout_ms", "0", "watchdog_kill_timeout_ms: not supported yet")]
    [TestCase("stats_flush_interval_ms", "9223372036854775807", "stats_flush_interval_ms: must be at most 315576000000000")]
    [TestCase("lds", """{"cluster": ""}""", "lds.cluster: must not be empty")]
    [TestCase("lds", """{"cluster": "x"}""", " lds: unknown cluster 'x'")]
    [TestCase("lds", """{"cluster": "c", "refresh_delay_ms": 9223372036854775807}""", "lds.refresh_delay_ms: must be at most 315576000000000")]
    [TestCase("statsd_tcp_cluster_name", "\"c\"", "statsd_tcp_cluster_name: not supported yet")]
    public void Top_Setting(string key, string value, string fault) => FirstFault(Text(top: $"\"{key}\": {value}")).Should().Contain(fault);

    [Test]
    public void Listeners_OfOneName_AreRefused()
    {
        var listeners = Listener("""{"name": "echo", "config": {}}""", """ "name": "l" """) + ", " + """{"name": "l", "address": "tcp://127.0.0.1:81", "filters": []}""";

        FirstFault(Text(listeners)).Should().Contain("listeners[1].name: another listener is named l");
    }

    [Test]
    public void Compiled_TlsParameters_AreFoundInTheirContext()
    {
        var text = Text(Listener("""{"name": "echo", "config": {}}""", """ "ssl_context": {"cert_chain_file": "c.pem", "private_key_file": "k.pem", "cipher_suites": "A:B"} """));
        var result = V1Examples.Load("v1.json", System.Text.Encoding.UTF8.GetBytes(text));

        result.Place("listeners[0].filter_chains[0].transport_socket.tls_params.cipher_suites[1]", "'B' is not known").ToString()
            .Should().EndWith(" listeners[0].ssl_context.cipher_suites: 'B' is not known");
    }

    private static string FirstFault(string text)
    {
        var faults = Faults(text).ToList();
        faults.Should().NotBeEmpty();
        foreach (var fault in faults)
        {
            fault.Should().MatchRegex(@"^v1\.json:[1-9]\d*:\d+ [a-z]").And.NotContainAny(ForeignWords);
        }

        return faults[0];
    }
}
