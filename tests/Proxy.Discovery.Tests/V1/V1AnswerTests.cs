using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Discovery.V1.Rest;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1AnswerTests
{
    private const string Hosts = "v1+rest://sds/registration?refresh_delay=1s";

    // What keeps an answer from being taken; all others are.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["discovery/lds/istio.lds-httpproxy.json"] = "Didn't find a registered implementation for name: 'mixer'",
        ["reconstructed/basic-sds/response.bad-weight.json"] = "hosts[0].tags.load_balancing_weight: must be from 1 to 100, not 0",
    };

    // The same for what this proxy does not have yet.
    private static readonly Dictionary<string, string> NotYet = new()
    {
        ["discovery/lds/istio.lds-v0-egress-rule.json"] = "listeners[0].use_original_dst: ",
        ["discovery/lds/istio.lds-v0-none.json"] = "listeners[0].use_original_dst: ",
    };

    public static IEnumerable<string> Answers => V1Examples.All().Where(static name =>
        (name.StartsWith("discovery/", StringComparison.Ordinal) || name.Contains("response", StringComparison.Ordinal)) && !name.Contains("client-ssl-auth", StringComparison.Ordinal));

    public static IEnumerable<string> Tables => V1Examples.All().Where(static name => name.StartsWith("router-check/", StringComparison.Ordinal) && !name.Contains("golden", StringComparison.Ordinal));

    [TestCaseSource(nameof(Answers))]
    [TestCaseSource(nameof(Tables))]
    public void Answer_OfOthers_IsTakenOrRefusedForAReason(string name)
    {
        var read = () => Read(KindOf(V1Examples.Text(name)), V1Examples.Bytes(name));

        if (Refused.TryGetValue(name, out var reason))
        {
            read.Should().Throw<ConfigException>().Which.Message.Should().Contain(reason);
        }
        else if (NotYet.TryGetValue(name, out var missing))
        {
            read.Should().Throw<ConfigException>().Which.Message.Should().Contain(missing).And.Contain("not supported yet");
        }
        else
        {
            read().IsComplete.Should().BeTrue();
        }
    }

    [Test]
    public void Hosts_ByZone_BecomeLocalities()
    {
        const string Answer =
            """
            {"env": "test", "hosts": [
              {"ip_address": "10.0.0.2", "port": 80, "tags": {"az": "b", "canary": true, "load_balancing_weight": 7}, "revision": "x"},
              {"ip_address": "10.0.0.1", "port": 80, "tags": {"az": "a"}},
              {"ip_address": "10.0.0.1", "port": 80, "tags": {"az": "c"}},
              {"ip_address": "::1", "port": 81},
              {"ip_address": "0:0::1", "port": 81}]}
            """;

        var assignment = (EndpointAssignmentConfig)Read(ResourceKind.Endpoints, Answer, "svc").Resources.Should().ContainSingle().Which.Config!;

        assignment.Endpoints.Select(static group => group.Locality.Zone).Should().Equal("", "a", "b");
        assignment.Endpoints[2].Endpoints.Should().ContainSingle().Which.Weight.Should().Be(7);
        assignment.Endpoints[2].Endpoints[0].Metadata.Should().NotBeEmpty("canaries are marked");
        assignment.Endpoints[0].Endpoints.Should().ContainSingle().Which.Address.Should().Be(new SocketAddressConfig(System.Net.IPAddress.IPv6Loopback, 81));
    }

    [TestCase("""{"hosts": [{"ip_address": "10.0.0.1", "port": 80}, {"ip_address": "10.0.0.2"}]}""", "hosts[1]: key 'port' is missing")]
    [TestCase("""{"hosts": [{"ip_address": "name", "port": 80}]}""", "hosts[0].ip_address: malformed IP address: name")]
    [TestCase("{}", "key 'hosts' is missing")]
    [TestCase("", "answer.json")]
    [TestCase("[]", "must be an object, not a list")]
    public void Hosts_OneBad_RefusesTheAnswer(string answer, string message)
    {
        FluentActions.Invoking(() => Read(ResourceKind.Endpoints, answer)).Should().Throw<ConfigException>().Which.Message.Should().Contain(message);
    }

    [Test]
    public void Fault_OfAResource_IsSaidWhereItStandsInTheAnswer()
    {
        var answer = ReadAnswer(ResourceKind.Cluster, Encoding.UTF8.GetBytes($$"""{"clusters": [{{Static("a")}}, {{Static("a.transport_socket")}}]}"""));

        Said("a.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address").Should().EndWith(" clusters[0].hosts[0].url: no");
        Said("a.transport_socket.connect_timeout").Should().EndWith(" clusters[1].connect_timeout_ms: no");
        Said("a.transport_socket").Should().EndWith(" clusters[1]: no");
        Said("").Should().Be("answer.json:1:1: no");

        string Said(string path) => answer.Restate([new ConfigFault(path, "no")]).Message;
    }

    [Test]
    public void Listeners_WithoutNames_AreKnownByTheirAddresses()
    {
        var update = Read(ResourceKind.Listener, """{"listeners": [{"address": "tcp://127.0.0.1:1", "filters": []}, {"name": "", "address": "tcp://127.0.0.1:2", "filters": []}, {"name": "n", "address": "tcp://127.0.0.1:3", "filters": []}]}""");

        update.Resources.Select(static resource => resource.Name).Should().Equal("tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "n");
        update.IsWhole.Should().BeTrue();
    }

    [TestCase("nowhere", "rds: unknown cluster 'nowhere'")]
    [TestCase("passing", "rds: invalid cluster 'passing': currently only static (non-CDS) clusters are supported")]
    public void Listeners_WhoseRoutesComeFromNoStaticCluster_AreRefused(string cluster, string message)
    {
        var rds = $$"""{"cluster": "{{cluster}}", "route_config_name": "r"}""";
        var answer = """{"listeners": [{"address": "tcp://127.0.0.1:1", "filters": [{"name": "http_connection_manager", "config": {"codec_type": "auto", "stat_prefix": "s", "filters": [{"name": "router", "config": {}}], "rds": """ + rds + "}}]}]}";

        FluentActions.Invoking(() => Read(ResourceKind.Listener, answer)).Should().Throw<ConfigException>().Which.Message.Should()
            .EndWith(" listeners[0].filters[0].config.rds.cluster: " + message);
    }

    [Test]
    public void Listeners_OfTcpToAnUnknownCluster_AreRefused()
    {
        const string Answer = """{"listeners": [{"address": "tcp://127.0.0.1:1", "filters": [{"name": "tcp_proxy", "config": {"stat_prefix": "t", "route_config": {"routes": [{"cluster": "nowhere"}]}}}]}]}""";

        FluentActions.Invoking(() => Read(ResourceKind.Listener, Answer)).Should().Throw<ConfigException>().Which.Message.Should().EndWith("tcp proxy: unknown cluster 'nowhere' in TCP route");
    }

    [Test]
    public void Routes_AreNamedAsAskedFor()
    {
        var table = Read(ResourceKind.Routes, """{"virtual_hosts": []}""", "80").Resources[0];

        table.Name.Should().Be("80");
        table.Config.Should().BeOfType<RouteTableConfig>();
    }

    [Test]
    public void Clusters_OfTypeSds_AskTheServiceOfTheBootstrap()
    {
        const string Answer = """{"clusters": [{"name": "a", "type": "sds", "lb_type": "random", "connect_timeout_ms": 1}]}""";

        var cluster = (ClusterConfig)Read(ResourceKind.Cluster, Answer).Resources[0].Config!;

        cluster.EndpointDiscovery!.Source.Should().Be(new V1RestSourceConfig("sds", TimeSpan.FromSeconds(1)));
    }

    [TestCase(ResourceKind.Listener, """{"listeners": [{"address": "tcp://127.0.0.1:1", "filters": [{"name": "http_connection_manager", "config": {"codec_type": "auto", "stat_prefix": "s", "filters": [{"name": "router", "config": {}}], "rds": {"cluster": "c", "route_config_name": "r", "refresh_delay_ms": 9223372036854775807}}}]}]}""")]
    [TestCase(ResourceKind.Routes, """{"virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [{"prefix": "/", "weighted_clusters": {"clusters": [{"name": "c", "weight": 9223372036854775807}, {"name": "d", "weight": 9223372036854775807}]}}]}]}""")]
    public void Answer_WithNumbersBeyondAll_IsRefused(int kind, string answer)
    {
        FluentActions.Invoking(() => Read((ResourceKind)kind, answer)).Should().Throw<ConfigException>().Which.Message.Should().Contain("must be at most");
    }

    [Test]
    public void Clusters_OneThatV3Refuses_RefusesTheAnswerInV1Terms()
    {
        const string Answer = """{"clusters": [{"name": "a", "type": "static", "lb_type": "random", "connect_timeout_ms": 1, "hosts": [{"url": "tcp://127.0.0.1:1"}], "ssl_context": {"ca_cert_file": "/nowhere"}}]}""";

        FluentActions.Invoking(() => Read(ResourceKind.Cluster, Answer)).Should().Throw<ConfigException>().Which.Message.Should().Contain("clusters[0].ssl_context.ca_cert_file: ");
    }

    private static string Static(string name) => $$"""{"name": "{{name}}", "type": "static", "lb_type": "random", "connect_timeout_ms": 1, "hosts": [{"url": "tcp://127.0.0.1:1"}]}""";

    private static ResourceKind KindOf(string text) =>
        text.Contains("\"virtual_hosts\"", StringComparison.Ordinal) && !text.Contains("\"listeners\"", StringComparison.Ordinal) ? ResourceKind.Routes
        : text.Contains("\"listeners\"", StringComparison.Ordinal) ? ResourceKind.Listener
        : text.Contains("\"clusters\"", StringComparison.Ordinal) ? ResourceKind.Cluster
        : ResourceKind.Endpoints;

    private static ResourceUpdate Read(ResourceKind kind, string answer, string name = "n") => Read(kind, Encoding.UTF8.GetBytes(answer), name);

    private static ResourceUpdate Read(ResourceKind kind, byte[] answer, string name = "n") => ReadAnswer(kind, answer, name).Update;

    private static V1Answer ReadAnswer(ResourceKind kind, byte[] answer, string name = "n")
    {
        var source = new V1RestSourceConfig("c", TimeSpan.FromSeconds(1)) { Hosts = Hosts };
        var stats = new StatsStore();
        var counters = SubscriptionCounters.Create(stats, stats.CreateScope(), "x.", new SimulatedRuntime().Main);
        return V1Answers.Read(new ResourceRequest(source, kind, [name], counters), source, "v", answer, new V1Clusters());
    }
}
