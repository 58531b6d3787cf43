using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Discovery.Bootstrap;
using Proxy.Hosting;
using Proxy.Testing;
using Proxy.Workers.Files;

namespace Proxy.Host.Tests.Admin;

/// <summary>The admin interface of a whole proxy, in memory.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AdminTests : IDisposable
{
    private const string Yaml = """
        node: { id: n1, cluster: shop, locality: { region: eu, zone: a } }
        admin: { address: { socket_address: { address: 127.0.0.1, port_value: 9901 } } }
        layered_runtime:
          layers:
          - { name: base, static_layer: { colour: blue, size: 1 } }
          - { name: admin, admin_layer: {} }
        static_resources:
          listeners:
          - name: ingress
            address: { socket_address: { address: 127.0.0.1, port_value: 10000 } }
            additional_addresses: [{ address: { socket_address: { address: 127.0.0.1, port_value: 10001 } } }]
            traffic_direction: INBOUND
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, route: { cluster: one } }] }] }
                  http_filters: [{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }]
          clusters:
          - name: one
            alt_stat_name: first
            circuit_breakers: { thresholds: [{ max_connections: 7 }, { priority: HIGH, max_retries: 5 }] }
            outlier_detection: { interval: 10s, success_rate_minimum_hosts: 1, success_rate_request_volume: 1, enforcing_success_rate: 0, enforcing_consecutive_5xx: 0 }
            load_assignment:
              cluster_name: one
              endpoints: [{ lb_endpoints: [{ endpoint: { hostname: h1, address: { socket_address: { address: 127.0.0.1, port_value: 8001 } } } }] }]
          - name: two
            health_checks:
            - timeout: 1s
              interval: 5s
              no_traffic_interval: 5s
              healthy_threshold: 1
              unhealthy_threshold: 1
              always_log_health_check_failures: true
              event_logger: [{ name: f, typed_config: { "@type": type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink, event_log_path: events.log } }]
              http_health_check: { path: /healthz }
            load_assignment:
              cluster_name: two
              endpoints:
              - locality: { region: eu, zone: a, sub_zone: x }
                lb_endpoints:
                - { health_status: DRAINING, load_balancing_weight: 3, endpoint: { health_check_config: { disable_active_health_check: true }, address: { socket_address: { address: 127.0.0.1, port_value: 8002 } } } }
                - { metadata: { filter_metadata: { envoy.lb: { canary: true } } }, endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 8003 } } } }
              - priority: 1
                lb_endpoints:
                - { health_status: TIMEOUT, endpoint: { health_check_config: { disable_active_health_check: true }, address: { pipe: { path: /run/app.sock } } } }
        """;

    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;
    private readonly MemoryStream _events = new();

    public AdminTests()
    {
        var loaded = BootstrapLoader.Load("admin.yaml", null, new BootstrapOptions { ReadFile = static _ => Encoding.UTF8.GetBytes(Yaml) });
        loaded.Faults.Should().BeEmpty();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new FileFlusherOptions { Open = _ => _events });
        services.AddSingleton(loaded.ToDump(DateTimeOffset.UnixEpoch));
        services.AddProxy(options =>
        {
            options.Add(loaded.Config!);
            options.Description = new ServerDescription { Version = "c/1/Clean/RELEASE/None", Flags = [new("concurrency", "2"), new("disable_hot_restart", "true"), new("mode", "Serve")] };
        }).AddFilters();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Start(_services);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [Test]
    public void Clusters_Text_HasLimitsHostsAndTheirHealth()
    {
        var lines = Ask("/clusters").Split('\n');

        lines.Should().StartWith(
        [
            "one::observability_name::first",
            "one::outlier::success_rate_average::-1",
            "one::outlier::success_rate_ejection_threshold::-1",
            "one::outlier::local_origin_success_rate_average::-1",
            "one::outlier::local_origin_success_rate_ejection_threshold::-1",
            "one::default_priority::max_connections::7",
            "one::default_priority::max_pending_requests::1024",
            "one::default_priority::max_requests::1024",
            "one::default_priority::max_retries::3",
            "one::high_priority::max_connections::1024",
            "one::high_priority::max_pending_requests::1024",
            "one::high_priority::max_requests::1024",
            "one::high_priority::max_retries::5",
            "one::added_via_api::false",
            "one::127.0.0.1:8001::cx_active::0",
        ]);
        lines.Should().ContainInOrder("one::127.0.0.1:8001::hostname::h1", "one::127.0.0.1:8001::health_flags::healthy", "one::127.0.0.1:8001::canary::false");
        lines.Should().ContainInOrder("two::127.0.0.1:8002::health_flags::/eds_status_draining", "two::127.0.0.1:8002::weight::3", "two::127.0.0.1:8002::sub_zone::x");
        lines.Should().ContainInOrder("two::127.0.0.1:8003::health_flags::/failed_active_hc", "two::127.0.0.1:8003::canary::true", "two::127.0.0.1:8003::priority::0");
        lines.Should().ContainInOrder("two::/run/app.sock::health_flags::/failed_eds_health", "two::/run/app.sock::priority::1");
        Ask("/clusters?filter=two").Should().NotContain("::first").And.Contain("two::observability_name::two\n");
    }

    [Test]
    public void Clusters_AfterTraffic_CountItByHost()
    {
        var upstream = _proxy.Listen(IPEndPoint.Parse("127.0.0.1:8001"));
        var client = _proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000")).Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        var host = upstream.Accept();
        host.ReadUntil("\r\n\r\n");
        host.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 200 ");
        client.Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        host.ReadUntil("\r\n\r\n");
        host.Send("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
        client.ReadUntil("\r\n\r\n").Should().StartWith("HTTP/1.1 500 ");
        _proxy.Advance(TimeSpan.FromSeconds(10.1));

        Ask("/clusters?filter=one").Split('\n').Should().Contain(
        [
            "one::outlier::success_rate_average::50", "one::outlier::success_rate_ejection_threshold::50", "one::127.0.0.1:8001::cx_active::1",
            "one::127.0.0.1:8001::cx_total::1", "one::127.0.0.1:8001::rq_success::1", "one::127.0.0.1:8001::rq_error::1", "one::127.0.0.1:8001::rq_total::2",
            "one::127.0.0.1:8001::success_rate::50",
        ]);
        var status = Json("/clusters?format=json&filter=one")["cluster_statuses"]![0]!;
        status["success_rate_ejection_threshold"]!["value"]!.GetValue<double>().Should().Be(50);
        status["host_statuses"]![0]!["stats"]!.AsArray().Single(stat => (string)stat!["name"]! == "rq_total")!["value"]!.GetValue<string>().Should().Be("2");
    }

    [Test]
    public void Clusters_Json_SaysTheSame()
    {
        var statuses = Json("/clusters?format=json")["cluster_statuses"]!.AsArray();

        statuses.Select(static cluster => (string)cluster!["name"]!).Should().Equal("one", "two");
        statuses[0]!["circuit_breakers"]!["thresholds"]![0]!.ToJsonString().Should().Be(
            """{"priority":"DEFAULT","max_connections":7,"max_pending_requests":1024,"max_requests":1024,"max_retries":3}""");
        var hosts = statuses[1]!["host_statuses"]!.AsArray();
        hosts.Select(static host => host!["health_status"]!.ToJsonString()).Should().Equal(
            """{"eds_health_status":"DRAINING"}""", """{"failed_active_health_check":true,"eds_health_status":"HEALTHY"}""", """{"eds_health_status":"UNHEALTHY"}""");
        hosts[0]!["address"]!.ToJsonString().Should().Be("""{"socket_address":{"address":"127.0.0.1","port_value":8002}}""");
        hosts[2]!["address"]!.ToJsonString().Should().Be("""{"pipe":{"path":"/run/app.sock"}}""");
    }

    [Test]
    public void HealthChecks_WriteEvents()
    {
        var host = _proxy.Listen(IPEndPoint.Parse("127.0.0.1:8003"));
        _proxy.Advance(TimeSpan.FromSeconds(5.1));
        var check = host.Accept();
        check.ReadUntil("\r\n\r\n").Should().StartWith("GET /healthz HTTP/1.1\r\n");
        check.Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        _proxy.Advance(TimeSpan.FromSeconds(5.1));
        check.ReadUntil("\r\n\r\n").Should().StartWith("GET /healthz HTTP/1.1\r\n");
        check.Send("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
        _proxy.Advance(TimeSpan.FromSeconds(20)); // log files are written every ten seconds

        var events = Encoding.UTF8.GetString(_events.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToList();
        events.Select(static line => line.AsObject().First(static entry => entry.Key.EndsWith("_event", StringComparison.Ordinal))).Select(static entry => $"{entry.Key} {entry.Value!.ToJsonString()}").Should().StartWith(
        [
            """health_check_failure_event {"failure_type":"NETWORK","first_check":true}""",
            """add_healthy_event {"first_check":false}""",
        ]);
        events.Should().Contain(static line => line["eject_unhealthy_event"] != null && line["eject_unhealthy_event"]!["http_status_code"]!.GetValue<int>() == 500);
        events[0]["host"]!["socket_address"]!["port_value"]!.GetValue<int>().Should().Be(8003);
        events[0]["cluster_name"]!.GetValue<string>().Should().Be("two");
        events[0]["health_checker_type"]!.GetValue<string>().Should().Be("HTTP");
    }

    [Test]
    public void Listeners_AreNamedWithTheirAddresses()
    {
        Ask("/listeners").Should().Be("ingress::127.0.0.1:10000\ningress::127.0.0.1:10001\n");

        Json("/listeners?format=json")["listener_statuses"]!.ToJsonString().Should().Be(
            """[{"name":"ingress","local_address":{"socket_address":{"address":"127.0.0.1","port_value":10000}},"additional_local_addresses":[{"socket_address":{"address":"127.0.0.1","port_value":10001}}]}]""");
    }

    [Test]
    public void ServerInfo_SaysWhoAndHow()
    {
        var info = Json("/server_info");

        info["state"]!.GetValue<string>().Should().Be("LIVE");
        info["version"]!.GetValue<string>().Should().Be("c/1/Clean/RELEASE/None");
        info["command_line_options"]!.ToJsonString().Should().Be("""{"concurrency":2,"disable_hot_restart":true,"mode":"Serve"}""");
        info["node"]!.ToJsonString().Should().Be("""{"id":"n1","cluster":"shop","locality":{"region":"eu","zone":"a","sub_zone":""}}""");
    }

    [Test]
    public void Readiness_FollowsTheOperator()
    {
        Ask("/ready").Should().Be("LIVE\n");

        Ask("/healthcheck/fail", "POST").Should().Be("OK\n");
        Ask("/ready", status: 503).Should().Be("DRAINING\n");
        Json("/server_info")["state"]!.GetValue<string>().Should().Be("DRAINING");
        Ask("/healthcheck/ok", "POST").Should().Be("OK\n");
        Ask("/ready").Should().Be("LIVE\n");
    }

    [Test]
    public void Runtime_ShowsLayersAndTakesChanges()
    {
        Json("/runtime").ToJsonString().Should().Be(
            """{"layers":["base","admin"],"entries":{"colour":{"final_value":"blue","layer_values":["blue",""]},"size":{"final_value":"1","layer_values":["1",""]}}}""");

        Ask("/runtime_modify?colour=red", "POST").Should().Be("OK\n");
        Json("/runtime")["entries"]!["colour"]!["final_value"]!.GetValue<string>().Should().Be("red");
        Ask("/runtime_modify", "POST", 400).Should().StartWith("usage: ");
    }

    [Test]
    public void Drain_Listeners_TakesNoMoreConnections()
    {
        Ask("/drain_listeners?skip_exit", "POST", 400).Should().Be("skip_exit requires graceful\n");
        Ask("/drain_listeners?inboundonly", "POST").Should().Be("OK\n");

        _proxy.Server.Listeners.Should().ContainSingle().Which.IsListening.Should().BeFalse();
    }

    [Test]
    public void Commands_AskedWithGet_AreRefused()
    {
        foreach (var path in new[] { "/quitquitquit", "/reset_counters", "/reopen_logs", "/drain_listeners", "/healthcheck/fail", "/runtime_modify?a=b", "/logging" })
        {
            Ask(path, "GET", 405).Should().Be("Method GET not allowed, POST required.");
        }
    }

    [Test]
    public void Quit_AsksForTheEnd()
    {
        Ask("/quitquitquit", "POST").Should().Be("OK\n");

        _proxy.Server.StopRequested.IsCompleted.Should().BeTrue();
    }

    [Test]
    public void InitDump_OfALiveProxy_IsEmpty() => Ask("/init_dump").Trim().Should().Be("{}");

    [Test]
    public void Certs_WithoutTls_AreNone() => Json("/certs")["certificates"]!.AsArray().Should().BeEmpty();

    [Test]
    public void ConfigDump_HasWhatWasConfigured()
    {
        var dump = Json("/config_dump?include_eds")["configs"]!.AsArray();

        dump.Select(static config => ((string)config!["@type"]!).Split('.')[^1]).Should().StartWith(["BootstrapConfigDump", "ClustersConfigDump", "EndpointsConfigDump", "ListenersConfigDump"]);
        dump[1]!["static_clusters"]!.AsArray().Select(static cluster => (string)cluster!["cluster"]!["name"]!).Should().Equal("one", "two");
    }

    [Test]
    public void Memory_And_Others_Answer()
    {
        Json("/memory")["allocated"]!.GetValue<string>().Should().NotBe("0");
        Ask("/hot_restart_version").Should().Be("disabled");
        Ask("/contention").Should().NotBeEmpty();
        Ask("/reset_counters", "POST").Should().Be("OK\n");
        Ask("/reopen_logs", "POST").Should().Be("OK\n");
        Ask("/nothing", status: 404).Should().Contain("/ready");
    }

    private JsonNode Json(string target) => JsonNode.Parse(Ask(target))!;

    private string Ask(string target, string method = "GET", int status = 200)
    {
        var answer = _proxy.Connect(new IPEndPoint(IPAddress.Loopback, 9901)).Send($"{method} {target} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").Text;
        answer.Should().StartWith($"HTTP/1.1 {status} ");
        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        return head.Contains("transfer-encoding: chunked", StringComparison.Ordinal) ? Chunks(body) : body;
    }

    private static string Chunks(string body)
    {
        var text = new StringBuilder();
        for (var at = 0; ;)
        {
            var end = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = Convert.ToInt32(body[at..end], 16);
            if (size == 0)
            {
                return text.ToString();
            }

            text.Append(body, end + 2, size);
            at = end + 4 + size;
        }
    }
}
