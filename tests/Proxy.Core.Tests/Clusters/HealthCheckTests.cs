using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HealthCheckTests : ClusterFixture
{
    private const string Yes = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    private const string No = "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n";

    private static readonly HttpHealthProbeConfig Http = new("/hc");

    private readonly TestUpstream _upstream;

    public HealthCheckTests()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
    }

    [Test]
    public void Cluster_BeforeItsFirstCheck_IsNotReady()
    {
        Start(Check(Http));
        Manager.Clusters.Should().BeEmpty();

        Asked().Send(Yes);
        Runtime.RunUntilIdle();

        Choose()!.EndPoint.Should().Be(A);
        Stat("membership_healthy").Should().Be(1);
    }

    [Test]
    public void Request_Looks_AsEnvoys()
    {
        var edits = new HeaderEditsConfig { RequestAdditions = [new HeaderAddition("x-hc", "1")] };
        Start(Check(Http with { Host = "hc.test", Method = "HEAD", Edits = edits }));

        _upstream.Accept().ReadUntil("\r\n\r\n").Should().Be("HEAD /hc HTTP/1.1\r\nhost: hc.test\r\nuser-agent: Envoy/HC\r\nx-hc: 1\r\n\r\n");
    }

    [Test]
    public void Request_WithABody_HasItsLength()
    {
        Start(Check(Http with { Host = "hc.test", Method = "POST", Send = Convert.ToHexString("ping"u8) }));

        _upstream.Accept().Expect("POST /hc HTTP/1.1\r\nhost: hc.test\r\nuser-agent: Envoy/HC\r\ncontent-length: 4\r\n\r\nping");
    }

    [Test]
    public void Request_HostHasANameOfItsOwn_IsSentThere()
    {
        var endpoint = Endpoint(A) with { HealthCheck = new EndpointHealthCheckConfig { Hostname = "own.test" } };
        Add(Config() with { HealthCheck = Check(Http), Endpoints = [new LocalityEndpointsConfig { Endpoints = [endpoint] }] });
        Runtime.RunUntilIdle();

        _upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("host: own.test\r\n");
    }

    [TestCase("HTTP/1.1 204 No\r\n\r\n", true)]
    [TestCase("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false)]
    public void Answer_ExpectedStatuses_Decide(string answer, bool healthy)
    {
        Start(Check(Http with { ExpectedStatuses = [new Int64Range(204, 205)] }));
        Asked().Send(answer);
        Runtime.RunUntilIdle();

        IsHealthy().Should().Be(healthy);
    }

    [TestCase("state=good;", true)]
    [TestCase("state=bad;", false)]
    [TestCase("oodg", false)]
    public void Answer_Body_MustHaveTheParts(string body, bool healthy)
    {
        Start(Check(Http with { Receive = [Convert.ToHexString("go"u8), Convert.ToHexString("od"u8)] }));
        Asked().Send($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        Runtime.RunUntilIdle();

        IsHealthy().Should().Be(healthy);
    }

    [TestCase("x-envoy-upstream-healthchecked-cluster: app-7\r\n", true)]
    [TestCase("x-envoy-upstream-healthchecked-cluster: other\r\n", false)]
    [TestCase("", false)]
    public void Answer_NameOfTheService_MustMatch(string header, bool healthy)
    {
        Start(Check(Http with { ServiceName = new StringMatcherConfig(StringMatchKind.Prefix, "app") }));
        Asked().Send($"HTTP/1.1 200 OK\r\n{header}content-length: 0\r\n\r\n");
        Runtime.RunUntilIdle();

        IsHealthy().Should().Be(healthy);
        Health("verify_cluster").Should().Be(1);
    }

    [Test]
    public void Host_ThatSaysNo_IsOutAtOnce()
    {
        var peer = Healthy(Check(Http) with { UnhealthyThreshold = 3 });
        Next(peer).Send(No);
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeFalse();
        Choose().Should().BeNull();
    }

    [Test]
    public void Host_RetriableStatus_IsOutAfterTheThreshold()
    {
        var peer = Healthy(Check(Http with { RetriableStatuses = [new Int64Range(500, 600)] }) with { UnhealthyThreshold = 2 });
        Next(peer).Send(No);
        Runtime.RunUntilIdle();
        IsHealthy().Should().BeTrue();

        Next(peer).Send(No);
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeFalse();
    }

    [Test]
    public void Host_Recovers_AfterTheThreshold()
    {
        var peer = Healthy(Check(Http) with { HealthyThreshold = 2 });
        Next(peer).Send(No);
        Next(peer).Send(Yes);
        Runtime.RunUntilIdle();
        IsHealthy().Should().BeFalse();

        Next(peer).Send(Yes);
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeTrue();
    }

    [Test]
    public void Host_DoesNotAnswerInTime_IsOutAndSaysWhy()
    {
        Healthy(Check(Http));
        Runtime.Advance(1_000);
        Runtime.Advance(500);

        Flags().Should().Be(HealthFlags.FailedActiveCheck | HealthFlags.ActiveCheckTimeout);
        Health("network_failure").Should().Be(1);
    }

    [Test]
    public void Host_BreaksOff_CountsAsNetworkFailure()
    {
        var peer = Healthy(Check(Http));
        Next(peer).Reset();
        Runtime.RunUntilIdle();

        Flags().Should().Be(HealthFlags.FailedActiveCheck);
        Health("network_failure").Should().Be(1);
        Runtime.Advance(1_000);
        Asked().Send(Yes);
        Runtime.RunUntilIdle();
        IsHealthy().Should().BeTrue("it is asked again on another connection");
    }

    [Test]
    public void Host_Degraded_IsUsedLast()
    {
        Start(Check(Http));
        Asked().Send("HTTP/1.1 200 OK\r\nx-envoy-degraded: true\r\ncontent-length: 0\r\n\r\n");
        Runtime.RunUntilIdle();

        Stat("membership_degraded").Should().Be(1);
        Health("degraded").Should().Be(1);
    }

    [Test]
    public void Host_AsksNotToBeCounted_IsExcludedUntilItPasses()
    {
        var peer = Healthy(Check(Http));
        Next(peer).Send("HTTP/1.1 503 No\r\nx-envoy-immediate-health-check-fail: true\r\ncontent-length: 0\r\n\r\n");
        Runtime.RunUntilIdle();
        Stat("membership_excluded").Should().Be(1);

        Next(peer).Send(Yes);
        Runtime.RunUntilIdle();

        Stat("membership_excluded").Should().Be(0);
        IsHealthy().Should().BeTrue();
    }

    [Test]
    public void Connection_IsNotReused_WhenSoConfigured()
    {
        var peer = Healthy(Check(Http) with { ReuseConnection = false });
        peer.ExpectEnd();

        Runtime.Advance(1_000);

        Asked().Send(Yes);
        Runtime.RunUntilIdle();
        Health("success").Should().Be(2);
    }

    [Test]
    public void Interval_BeforeAnyTraffic_IsTheLongOne()
    {
        var peer = Healthy(Check(Http) with { NoTrafficInterval = TimeSpan.FromSeconds(60) });

        Runtime.Advance(59_000);
        Health("attempt").Should().Be(1);
        Runtime.Advance(1_100);

        Health("attempt").Should().Be(2);
        peer.ReadUntil("\r\n\r\n").Should().StartWith("GET /hc");
    }

    [TestCase("", "", true)]
    [TestCase("PING", "xPONGx", true)]
    [TestCase("PING", "nope", false)]
    public void Tcp_Answer_MustHaveTheParts(string send, string answer, bool healthy)
    {
        var probe = send.Length == 0
            ? new TcpHealthProbeConfig()
            : new TcpHealthProbeConfig { Send = Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(send)), Receive = [Convert.ToHexString("PONG"u8)] };
        Start(Check(probe));
        var peer = _upstream.Accept();
        if (send.Length > 0)
        {
            peer.Take(send.Length).Should().Be(send);
            peer.Send(answer);
        }

        Runtime.Advance(500);

        IsHealthy().Should().Be(healthy);
    }

    [Test]
    public void Tcp_NobodyListens_IsNotHealthy()
    {
        Add(Config(B) with { HealthCheck = Check(new TcpHealthProbeConfig()) });
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeFalse();
        Health("network_failure").Should().Be(1);
    }

    [Test]
    public void Host_ThatIsNotToBeChecked_IsHealthy()
    {
        var endpoint = Endpoint(B) with { HealthCheck = new EndpointHealthCheckConfig { IsDisabled = true } };
        Add(Config() with { HealthCheck = Check(Http), Endpoints = [new LocalityEndpointsConfig { Endpoints = [endpoint] }] });
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeTrue();
        Health("attempt").Should().Be(0);
    }

    [Test]
    public void EjectedHost_ThatPasses_IsBack()
    {
        var peer = Healthy(Check(Http), static cluster => cluster with { OutlierDetection = new OutlierDetectionConfig { Consecutive5xx = 1, MaxEjectionPercent = 100 } });
        var host = Manager.Clusters.Single().Hosts.All.Single().Host;
        Runtime.Run(Worker, () => host.Outliers!.OnAnswer(Worker, 500));
        Runtime.RunUntilIdle();
        Flags().Should().Be(HealthFlags.FailedOutlierCheck);

        Next(peer).Send(Yes);
        Runtime.RunUntilIdle();

        IsHealthy().Should().BeTrue();
    }

    [TestCase("zz", "'zz' must be hexadecimal digits, two a byte")]
    public void Record_BrokenPayload_IsRefused(string digits, string fault)
    {
        var act = () => Add(Config(A) with { HealthCheck = Check(new TcpHealthProbeConfig { Send = digits }) });

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Message.Should().Be(fault);
    }

    private static HealthCheckConfig Check(HealthProbeConfig probe) => new(probe)
    {
        Timeout = TimeSpan.FromMilliseconds(400),
        Interval = TimeSpan.FromSeconds(1),
        NoTrafficInterval = TimeSpan.FromSeconds(1),
        UnhealthyThreshold = 1,
        HealthyThreshold = 1,
    };

    private void Start(HealthCheckConfig check, Func<ClusterConfig, ClusterConfig>? change = null)
    {
        var config = Config(A) with { HealthCheck = check, PanicThreshold = 0, UpdateMergeWindow = TimeSpan.Zero };
        Add(change?.Invoke(config) ?? config);
        Runtime.RunUntilIdle();
    }

    private TestPeer Healthy(HealthCheckConfig check, Func<ClusterConfig, ClusterConfig>? change = null)
    {
        Start(check, change);
        var peer = Asked().Send(Yes);
        Runtime.RunUntilIdle();
        return peer;
    }

    private TestPeer Asked()
    {
        var peer = _upstream.Accept();
        peer.ReadUntil("\r\n\r\n");
        return peer;
    }

    private TestPeer Next(TestPeer peer)
    {
        Runtime.Advance(1_000);
        peer.ReadUntil("\r\n\r\n");
        return peer;
    }

    private HealthFlags Flags() => Manager.Clusters.Single().Hosts.All.Single().Flags;

    private bool IsHealthy() => Manager.Clusters.Single().Hosts.All.Single().IsHealthy;

    private long Health(string name)
    {
        var group = Stats.Snapshot().Single(group => group.Prefix == "cluster.c.health_check.");
        var counter = group.Schema.Counters.ToList().IndexOf(name);
        var gauge = group.Schema.Gauges.ToList().IndexOf(name);
        return group.Shards.ToArray().OfType<StatShard>().Sum(shard => counter >= 0 ? shard.Read(new CounterId(counter)) : shard.Read(new GaugeId(gauge)));
    }
}
