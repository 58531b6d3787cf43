using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RouterOptionTests : RouterFixture
{
    private const string Busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    [TestCase("x-envoy-max-retries", "two", true)]
    [TestCase("x-envoy-max-retries", "2", false)]
    [TestCase("x-envoy-upstream-rq-timeout-ms", "1s", true)]
    [TestCase("x-envoy-upstream-rq-per-try-timeout-ms", "-1", true)]
    [TestCase("x-envoy-retry-on", "5xx,nonsense", true)]
    [TestCase("x-envoy-retry-on", "5xx, reset", false)]
    [TestCase("x-envoy-retry-grpc-on", "5xx", true)]
    [TestCase("x-envoy-retry-grpc-on", "internal,unavailable", false)]
    public void StrictHeaders_ValueCannotBeUnderstood_IsRefused(string name, string value, bool refused)
    {
        Start(Table(To("app")), new RouterConfig { StrictHeaders = [name] }, Trusting);
        var client = Client().Send(Get("/", $"{name}: {value}\r\n"));
        if (!refused)
        {
            Upstream.Accept().Send(Ok());
        }

        var (head, body) = Answer(client);

        head.Should().StartWith(refused ? "HTTP/1.1 400" : "HTTP/1.1 200");
        body.Should().Be(refused ? $"invalid header '{name}' with value '{value}'" : "ok");
        Log.Should().Equal(refused ? $"400 IH request_headers_failed_strict_check{{{name}}}" : "200 - via_upstream");
    }

    [Test]
    public void StrictHeaders_OtherName_IsRefusedAtStart()
    {
        var start = () => Start(Table(To("app")), new RouterConfig { StrictHeaders = ["x-other"] });

        start.Should().Throw<ConfigException>().WithMessage("*x-other cannot be checked*");
    }

    [Test]
    public void GrpcStats_Suppressed_CountGrpcAnswersWithoutTheirStatus()
    {
        Start(Table(To("app")), new RouterConfig { SuppressGrpcStatusStats = true });
        var client = Client();
        var peer = Exchange(client, Get("/", "content-type: application/grpc\r\n"), null);
        Exchange(client, Get(), peer);

        Stat("cluster.app.upstream_rq_completed").Should().Be(2);
        Stat("cluster.app.external.upstream_rq_completed").Should().Be(2);
        Stat("cluster.app.upstream_rq_2xx").Should().Be(1);
    }

    [Test]
    public void UpstreamLog_Options_LogBeginningAndMiddle()
    {
        LogText = "%ACCESS_LOG_TYPE% %UPSTREAM_REQUEST_ATTEMPT_COUNT%";
        var log = new AccessLogConfig(new FileAccessLogConfig("log", new LogFormatConfig { Text = LogText + "\n" }));
        Start(Table(To("app")), new RouterConfig { UpstreamLogs = [log], LogOnUpstreamStart = true, UpstreamLogInterval = TimeSpan.FromSeconds(1) });
        var client = Client().Send(Get());
        var peer = Upstream.Accept();
        Runtime.Advance(2_500);

        peer.Send(Ok());
        Answer(client);
        Runtime.Advance(2_500);

        Log.Should().Equal("UpstreamPoolReady 1", "UpstreamPeriodic 1", "UpstreamPeriodic 1", "UpstreamEnd 1", "DownstreamEnd 1");
    }

    [TestCase("""{"avoid": "yes"}""", true)]
    [TestCase("""{"avoid": "no"}""", false)]
    [TestCase("""{"avoid": "yes", "other": 1}""", false)]
    [TestCase("{}", false)]
    public void RetryPredicate_Metadata_AvoidsHostsThatHaveAllOfIt(string values, bool avoided)
    {
        var other = TestUpstream.Listen(Runtime, OtherAddress);
        ChangeApp = cluster => cluster with
        {
            Policy = LoadBalancingPolicy.RoundRobin,
            Endpoints =
            [
                new LocalityEndpointsConfig
                {
                    Endpoints =
                    [
                        new EndpointConfig(AddressConfig.Of(UpstreamAddress.Address, 80)) { Metadata = [new("envoy.lb", """{"avoid": "yes"}""")] },
                        new EndpointConfig(AddressConfig.Of(OtherAddress.Address, 80)),
                    ],
                },
            ],
        };
        var policy = new RetryPolicyConfig
        {
            RetryOn = "5xx", NumRetries = 2, HostSelectionAttempts = 5, HostPredicates = [new OmitHostMetadataPredicateConfig([new("envoy.lb", values)])],
        };
        Start(To("app", "/", action => action with { RetryPolicy = policy }));
        Client().Send(Get());
        for (var i = 0; i < 3; i++)
        {
            (Upstream.Waiting > 0 ? Upstream : other).Accept().Send(Busy);
            Runtime.Advance(300);
        }

        Upstream.Connections.Should().BeInRange(avoided ? 0 : 1, avoided ? 1 : 2, "in turn, the marked host comes up for every second try unless it is avoided");
        (Upstream.Connections + other.Connections).Should().Be(3);
    }

    [TestCase(1, new[] { 0, 1, 0 })]
    [TestCase(2, new[] { 0, 0, 1 })]
    public void RetryPriority_TriesGoToOtherPriorities(int frequency, int[] expected)
    {
        var other = TestUpstream.Listen(Runtime, OtherAddress);
        ChangeApp = cluster => cluster with
        {
            Endpoints =
            [
                new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Of(UpstreamAddress.Address, 80))] },
                new LocalityEndpointsConfig { Priority = 1, Endpoints = [new EndpointConfig(AddressConfig.Of(OtherAddress.Address, 80))] },
            ],
        };
        var policy = new RetryPolicyConfig { RetryOn = "5xx", NumRetries = 2, Priority = new RetryPriorityConfig(frequency) };
        Start(To("app", "/", action => action with { RetryPolicy = policy }));
        Client().Send(Get());
        var priorities = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            priorities.Add(Upstream.Waiting > 0 ? 0 : 1);
            (Upstream.Waiting > 0 ? Upstream : other).Accept().Send(Busy);
            Runtime.Advance(300);
        }

        priorities.Should().Equal(expected);
    }

    [TestCase("x-pick: 7\r\n", "app")]
    [TestCase("x-pick: 12\r\n", "dead")]
    public void WeightedClusters_HeaderWithANumber_Picks(string header, string cluster)
    {
        LogText = "%UPSTREAM_CLUSTER%";
        Start(To("app", "/", static action => action with
        {
            Cluster = null, WeightedClusters = [new WeightedClusterConfig("app", 10), new WeightedClusterConfig("dead", 5)], WeightHeader = "x-pick",
        }));
        var client = Client().Send(Get("/", header));
        if (cluster == "app")
        {
            Upstream.Accept().Send(Ok());
        }

        Answer(client);
        Log.Should().Equal(cluster);
    }

    [Test]
    public void WeightedClusters_ByHash_KeepAClientWhereItIs()
    {
        LogText = "%UPSTREAM_CLUSTER%";
        Start(To("app", "/", static action => action with
        {
            Cluster = null, WeightedClusters = [new WeightedClusterConfig("empty", 1), new WeightedClusterConfig("dead", 1)],
            WeighsByHash = true, HashPolicies = [new HeaderHashConfig("x-user")],
        }));
        for (var i = 0; i < 32; i++)
        {
            Client().Send(Get("/", $"x-user: u{i % 8}\r\n"));
        }

        Log.Chunk(8).Should().OnlyContain(round => round.SequenceEqual(Log.Take(8)));
        Log.Distinct().Should().HaveCount(2);
    }

    [Test]
    public void WeightedClusters_HeaderNamesTheCluster_GoesThere()
    {
        LogText = "%UPSTREAM_CLUSTER% %RESPONSE_CODE%";
        Start(To("app", "/", static action => action with
        {
            Cluster = null, WeightedClusters = [new WeightedClusterConfig("", 1) { ClusterHeader = "x-to" }, new WeightedClusterConfig("dead", 0)],
        }));
        var client = Client().Send(Get("/", "x-to: app\r\n"));
        Upstream.Accept().Send(Ok());
        Answer(client);

        Client().Send(Get("/", "x-to: nowhere\r\n"));

        Log.Should().Equal("app 200", "- 503");
    }

    private static HttpConnectionManagerConfig Trusting(HttpConnectionManagerConfig manager) => manager with
    {
        UseRemoteAddress = true, InternalRanges = [new CidrRange(System.Net.IPAddress.Parse("9.0.0.0"), 8)],
    };

    private TestPeer Exchange(TestPeer client, string request, TestPeer? peer)
    {
        client.Send(request);
        peer ??= Upstream.Accept();
        peer.Take();
        peer.Send(Ok());
        Answer(client);
        return peer;
    }
}
