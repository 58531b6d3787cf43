using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Discovery.Bootstrap;
using Proxy.Testing;

namespace Proxy.Host.Tests.Admin;

/// <summary>The REST form of client status discovery, of a whole proxy in memory.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClientStatusTests : IDisposable
{
    private const string Path = "/v3/discovery:client_status";

    private const string Yaml = """
        node: { id: n1, cluster: shop, metadata: { place: { zone: a, racks: [1, 2] }, canary: true, nothing: null } }
        admin: { address: { socket_address: { address: 127.0.0.1, port_value: 9901 } } }
        static_resources:
          listeners:
          - name: ingress
            address: { socket_address: { address: 127.0.0.1, port_value: 10000 } }
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  route_config: { name: table, virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, direct_response: { status: 200 } }] }] }
                  http_filters: [{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }]
          clusters:
          - { name: one, load_assignment: { cluster_name: one } }
          secrets:
          - { name: token, generic_secret: { secret: { inline_string: hush } } }
        """;

    private readonly ServiceProvider _services;
    private readonly TestProxy _proxy;

    public ClientStatusTests()
    {
        var loaded = BootstrapLoader.Load("admin.yaml", null, new BootstrapOptions { ReadFile = static _ => Encoding.UTF8.GetBytes(Yaml) });
        loaded.Faults.Should().BeEmpty();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(loaded.ToClientStatus(DateTimeOffset.UnixEpoch));
        services.AddProxy(options => options.Add(loaded.Config!)).AddFilters();
        _services = services.BuildServiceProvider();
        _proxy = TestProxy.Start(_services);
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _services.Dispose();
    }

    [TestCase("POST", null)]
    [TestCase("POST", "")]
    [TestCase("POST", "{}")]
    [TestCase("GET", null)]
    public void Ask_ForEverything_ShowsWhatIsStatic(string method, string? body)
    {
        var config = Ask(body, method)["config"]!.AsArray().Single()!;

        ((string)config["node"]!["id"]!).Should().Be("n1");
        var entries = config["generic_xds_configs"]!.AsArray().ToDictionary(static entry => (string)entry!["name"]!, static entry => entry!);
        entries.Keys.Should().BeEquivalentTo("one", "ingress", "table", "token");
        entries.Values.Should().OnlyContain(static entry => (bool)entry["is_static_resource"]! && (string)entry["last_updated"]! == "1970-01-01T00:00:00Z");
        ((string)entries["one"]["type_url"]!).Should().Be("type.googleapis.com/envoy.config.cluster.v3.Cluster");
        ((string)entries["one"]["xds_config"]!["name"]!).Should().Be("one");
        ((string)entries["token"]["xds_config"]!["generic_secret"]!["secret"]!["inline_string"]!).Should().Be("[redacted]");
    }

    [Test]
    public void Ask_WithoutContents_LeavesThemOut()
    {
        var entries = Ask("""{"excludeResourceContents": true}""")["config"]![0]!["generic_xds_configs"]!.AsArray();

        entries.Should().HaveCount(4).And.OnlyContain(static entry => entry!["xds_config"] == null);
    }

    [TestCase("""{"node_id": {"exact": "n1"}}""", true)]
    [TestCase("""{"node_id": {"exact": "n2"}}""", false)]
    [TestCase("""{"node_id": {"exact": "N1", "ignore_case": true}}""", true)]
    [TestCase("""{"node_id": {"safe_regex": {"regex": "n[0-9]"}}}""", true)]
    [TestCase("""{"node_id": {"exact": "n2"}}, {"node_id": {"prefix": "n"}}""", true, Description = "one is enough")]
    [TestCase("""{}""", true)]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "place"}, {"key": "zone"}], "value": {"string_match": {"exact": "a"}}}]}""", true)]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "place"}, {"key": "zone"}], "value": {"string_match": {"exact": "b"}}}]}""", false)]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "place"}, {"key": "racks"}], "value": {"list_match": {"one_of": {"double_match": {"exact": 2}}}}}]}""", true)]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "canary"}], "value": {"bool_match": true}}, {"path": [{"key": "nothing"}], "value": {"null_match": {}}}]}""", true)]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "canary"}], "value": {"bool_match": true}}, {"path": [{"key": "nothing"}], "value": {"bool_match": true}}]}""", false, Description = "all of them")]
    [TestCase("""{"node_metadatas": [{"path": [{"key": "canary"}, {"key": "x"}], "value": {"present_match": true}}]}""", false)]
    [TestCase("""{"node_id": {"exact": "n2"}, "node_metadatas": [{"path": [{"key": "canary"}], "value": {"bool_match": true}}]}""", false, Description = "both")]
    public void Ask_ByNode_SelectsIt(string matchers, bool isSelected)
    {
        var answer = Ask($$"""{"node_matchers": [{{matchers}}]}""");

        answer.ContainsKey("config").Should().Be(isSelected);
    }

    [TestCase("{", "")]
    [TestCase("""{"nodes": []}""", "nodes: ")]
    [TestCase("""{"node_matchers": [{"node_id": {"prefix": ""}}]}""", "node_matchers[0].node_id.prefix: ")]
    [TestCase("""{"node_matchers": [{"node_id": {"safe_regex": {"regex": "("}}}]}""", "node_matchers[0].node_id")]
    [TestCase("""{"node_matchers": [{"node_metadatas": [{"value": {"present_match": true}}]}]}""", "node_matchers[0].node_metadatas[0].path: ")]
    public void Ask_Nonsense_Is400(string body, string fault)
    {
        Send("POST", body).Should().StartWith("HTTP/1.1 400 ").And.Contain("\r\n\r\n" + fault);
    }

    [TestCase(64 * 1024, "200")]
    [TestCase((64 * 1024) + 1, "413")]
    public void Ask_AtTheLimit(int length, string status)
    {
        Send("POST", "{}".PadRight(length)).Should().StartWith($"HTTP/1.1 {status} ");
    }

    [Test]
    public void Ask_OtherPaths_IgnoreBodiesOfAnySize()
    {
        Send("POST", new string('x', 100_000), "/ready").Should().StartWith("HTTP/1.1 200 ");
    }

    private JsonObject Ask(string? body, string method = "POST")
    {
        var answer = Send(method, body);
        answer.Should().StartWith("HTTP/1.1 200 ").And.Contain("content-type: application/json");
        return JsonNode.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!.AsObject();
    }

    private string Send(string method, string? body, string path = Path)
    {
        var length = body is null ? "" : $"content-length: {body.Length}\r\n";
        return _proxy.Connect(new IPEndPoint(IPAddress.Loopback, 9901)).Send($"{method} {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n{length}\r\n{body}").Text;
    }
}
