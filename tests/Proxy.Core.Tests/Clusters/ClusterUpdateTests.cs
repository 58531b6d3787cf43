using System.Net;
using Proxy.Clusters;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Core.Tests.Resources;
using Proxy.Resources;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

/// <summary>What lives through a change of a cluster's settings.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClusterUpdateTests : ClusterFixture
{
    private const string Yes = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    private const string No = "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n";

    private static readonly HealthCheckConfig Check = new(new HttpHealthProbeConfig("/hc"))
    {
        Timeout = TimeSpan.FromMilliseconds(400),
        Interval = TimeSpan.FromSeconds(1),
        NoTrafficInterval = TimeSpan.FromSeconds(1),
        UnhealthyThreshold = 1,
        HealthyThreshold = 1,
    };

    private static readonly Dictionary<string, Func<ClusterConfig, ClusterConfig>> Harmless = new(StringComparer.Ordinal)
    {
        ["policy"] = static config => config with { Policy = LoadBalancingPolicy.LeastRequest },
        ["hashing"] = static config => config with { Policy = LoadBalancingPolicy.RingHash },
        ["breakers"] = static config => config with { DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 7 } },
        ["connect timeout"] = static config => config with { ConnectTimeout = TimeSpan.FromSeconds(1) },
        ["outliers"] = static config => config with { OutlierDetection = new OutlierDetectionConfig() },
        ["metadata"] = static config => config with { Metadata = [new("app", "{}")] },
        ["another host"] = static config => config with { Endpoints = Config(A, B).Endpoints },
        ["weight"] = static config => config with { Endpoints = [new LocalityEndpointsConfig { Endpoints = [Endpoint(A, weight: 7)] }] },
    };

    private static readonly Dictionary<string, Func<ClusterConfig, ClusterConfig>> Relevant = new(StringComparer.Ordinal)
    {
        ["http"] = static config => config with { Http = new UpstreamHttpConfig { MaxRequestsPerConnection = 9 } },
        ["source address"] = static config => config with { BindAddress = AddressConfig.Of(IPAddress.Parse("10.0.0.9"), 0) },
        ["buffers"] = static config => config with { BufferLimit = 4096 },
        ["proxy protocol"] = static config => config with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(1) } },
        ["host metadata"] = static config => config with { Endpoints = [new LocalityEndpointsConfig { Endpoints = [Endpoint(A) with { Metadata = [new("envoy.lb", "{}")] }] }] },
    };

    private readonly TestUpstream _upstream;

    public ClusterUpdateTests()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
    }

    private static IEnumerable<string> HarmlessChanges => Harmless.Keys;

    private static IEnumerable<string> RelevantChanges => Relevant.Keys;

    [TestCaseSource(nameof(HarmlessChanges))]
    public void Update_WithoutEffectOnConnections_KeepsThem(string change)
    {
        Add(Config(A));
        var peer = Serve();
        var host = Choose();

        Add(Harmless[change](Config(A)));
        var request = SendTo(host!);
        peer.Expect("?").Send("two\n");

        request.Answer.Should().Be("two");
        request.Reused.Should().BeTrue();
        _upstream.Connections.Should().Be(1);
        Stat("upstream_cx_destroy").Should().Be(0);
        Stat("upstream_rq_total").Should().Be(2);
        Manager.Clusters.Single().Hosts.All.Should().Contain(entry => entry.Host == host);
    }

    [TestCaseSource(nameof(RelevantChanges))]
    public void Update_WithEffectOnConnections_ReplacesThem(string change)
    {
        Add(Config(A));
        var peer = Serve();

        Add(Relevant[change](Config(A)));
        Runtime.RunUntilIdle();
        Send();

        peer.IsOpen.Should().BeFalse();
        _upstream.Connections.Should().Be(2);
        Stat("upstream_cx_total").Should().Be(2, "counters go on");
    }

    [Test]
    public void Update_RequestUnderWay_IsFinishedOnItsConnection()
    {
        Add(Config(A));
        var request = Send();
        var peer = _upstream.Accept();
        peer.Expect("?");

        Add(Config(B));
        peer.IsOpen.Should().BeTrue();
        peer.Send("yes\n");
        Runtime.RunUntilIdle();

        request.Answer.Should().Be("yes");
        peer.IsOpen.Should().BeFalse("its host has left");
    }

    [Test]
    public void Update_Limits_CountWhatIsUnderWay()
    {
        Add(Config(A));
        Send();
        _upstream.Accept().Expect("?");

        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1, MaxPendingRequests = 1, MaxRequests = 1 } });
        var second = Send();
        Runtime.RunUntilIdle();

        _upstream.Connections.Should().Be(1);
        second.Answer.Should().BeEmpty();
        Stat("upstream_cx_overflow").Should().Be(1);
    }

    [Test]
    public void Update_HostIsHealthy_IsUsedAtOnce()
    {
        Add(Config(A) with { HealthCheck = Check });
        Asked().Send(Yes);
        Runtime.RunUntilIdle();
        var host = Choose();

        Add(Config(A) with { HealthCheck = Check with { HealthyThreshold = 2 } });

        Manager.WarmingClusters.Should().BeEmpty();
        Choose().Should().BeSameAs(host);
        Stat("membership_healthy").Should().Be(1);
        HealthGauge("healthy").Should().Be(1);
    }

    [Test]
    public void Update_HostIsUnhealthy_StaysSo()
    {
        Add(Config(A) with { HealthCheck = Check, PanicThreshold = 0 });
        Asked().Send(No);
        Runtime.RunUntilIdle();

        Add(Config(A) with { HealthCheck = Check with { HealthyThreshold = 2 }, PanicThreshold = 0 });
        Choose().Should().BeNull();
        Asked().Send(Yes);
        Runtime.RunUntilIdle();

        Choose().Should().BeNull("it is no first check, and two are wanted");
    }

    [Test]
    public void Update_NewHostIsNotChecked_FormerHostsServe()
    {
        var added = TestUpstream.Listen(Runtime, B);
        Add(Config(A) with { HealthCheck = Check });
        Asked().Send(Yes);
        Runtime.RunUntilIdle();
        var host = Choose();

        Add(Config(A, B) with { HealthCheck = Check, Policy = LoadBalancingPolicy.Random });
        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.RoundRobin);
        Cluster.Hosts.All.Should().ContainSingle().Which.Host.Should().BeSameAs(host);
        added.Accept().Send(Yes);
        Runtime.RunUntilIdle();

        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.Random);
        Cluster.Hosts.Priorities[0].Healthy.Should().HaveCount(2).And.Contain(entry => entry.Host == host);
    }

    [Test]
    public void Update_ChecksAreAdded_WaitsForTheFirst()
    {
        Add(Config(A));
        var host = Choose();

        Add(Config(A) with { HealthCheck = Check, PanicThreshold = 0 });
        Manager.WarmingClusters.Should().ContainSingle();
        Choose().Should().BeSameAs(host);
        Asked().Send(No);
        Runtime.RunUntilIdle();

        Choose().Should().BeNull();
    }

    [Test]
    public void Update_ChecksAreTakenAway_NothingIsHeldAgainstTheHost()
    {
        Add(Config(A) with { HealthCheck = Check, PanicThreshold = 0 });
        Asked().Send(No);
        Runtime.RunUntilIdle();
        Choose().Should().BeNull();

        Add(Config(A) with { PanicThreshold = 0 });

        Choose()!.Flags.Should().Be(HealthFlags.None);
    }

    [Test]
    public void Update_HostIsEjected_StaysSoUntilItsTime()
    {
        var outliers = new OutlierDetectionConfig { Consecutive5xx = 1, MaxEjectionPercent = 100, Interval = TimeSpan.FromSeconds(1) };
        Add(Config(A) with { OutlierDetection = outliers, PanicThreshold = 0, UpdateMergeWindow = TimeSpan.Zero });
        Runtime.Run(Worker, () => Choose()!.Outliers!.OnAnswer(Worker, 503));
        Runtime.RunUntilIdle();
        Choose().Should().BeNull();

        Add(Config(A) with { OutlierDetection = outliers with { Consecutive5xx = 9 }, PanicThreshold = 0, UpdateMergeWindow = TimeSpan.Zero });
        Choose().Should().BeNull();
        Gauge("outlier_detection.", OutlierStats.Schema, "ejections_active").Should().Be(1);
        Runtime.Advance(40_000);

        Choose().Should().NotBeNull();
        Gauge("outlier_detection.", OutlierStats.Schema, "ejections_active").Should().Be(0);
    }

    [Test]
    public void Update_WhileAnotherUpdateWarms_KeepsConnectionsAndSecondWins()
    {
        Add(Config(A));
        var peer = Serve();
        Add(Config(A) with { Type = ClusterType.StrictDns, Endpoints = Named("app") });
        Add(Config(A) with { Policy = LoadBalancingPolicy.Random });

        Send();
        peer.Expect("?").Send("two\n");
        Dns.Set("app", "10.0.0.2");
        Runtime.RunUntilIdle();

        _upstream.Connections.Should().Be(1);
        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.Random);
    }

    [Test]
    public void Update_NamesResolveToTheSame_KeepsHosts()
    {
        Dns.Set("app", "10.0.0.1");
        Add(Config() with { Type = ClusterType.StrictDns, Endpoints = Named("app") });
        var peer = Serve();

        Add(Config() with { Type = ClusterType.StrictDns, Endpoints = Named("app"), Policy = LoadBalancingPolicy.Random });
        Send();
        peer.Expect("?");

        _upstream.Connections.Should().Be(1);
        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.Random);
    }

    [Test]
    public void Update_HostsComeFromASource_KeepsThem()
    {
        var source = new FakeSource();
        Manager.Resources.Open([source]);
        var config = new ClusterConfig { Name = "c", Type = ClusterType.Eds, EndpointDiscovery = new EndpointDiscoveryConfig(FakeSource.Config) };
        Add(config);
        Answer(source, "1");
        var peer = Serve();

        Add(config with { Policy = LoadBalancingPolicy.Random });
        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.RoundRobin, "the former one serves until hosts have come again, as in Envoy");
        Answer(source, "2");
        Send();
        peer.Expect("?");

        _upstream.Connections.Should().Be(1);
        Cluster.Config.Policy.Should().Be(LoadBalancingPolicy.Random);
    }

    [Test]
    public void Remove_AfterUpdates_EndsConnections()
    {
        Add(Config(A));
        var peer = Serve();
        Add(Harmless["policy"](Config(A)));

        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));
        Runtime.RunUntilIdle();

        peer.IsOpen.Should().BeFalse();
        Stats.Snapshot().Should().NotContain(group => group.Prefix.StartsWith("cluster.c."));
    }

    // A pool that was drained once used to close every later connection after its first request.
    [Test]
    public void Host_RecoversFromFailedChecks_KeepsConnectionsAgain()
    {
        Add(Config(A) with { HealthCheck = Check, UpdateMergeWindow = TimeSpan.Zero });
        var checks = Asked();
        checks.Send(Yes);
        Runtime.RunUntilIdle();
        var first = Serve();
        NextCheck(checks).Send(No);
        Runtime.RunUntilIdle();
        first.IsOpen.Should().BeFalse();
        NextCheck(checks).Send(Yes);
        Runtime.RunUntilIdle();

        var second = Serve();
        Send();
        second.Expect("?");

        second.IsOpen.Should().BeTrue();
        Stat("upstream_cx_total").Should().Be(2);
    }

    private static ConfigList<LocalityEndpointsConfig> Named(string name) =>
        [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(new NameAddressConfig(name, 80))] }];

    private void Answer(FakeSource source, string version)
    {
        var assignment = new EndpointAssignmentConfig("c") { Endpoints = Config(A).Endpoints };
        Runtime.Run(Runtime.Main, () => source.Answer(ResourceKind.Endpoints, version, ("c", assignment)));
        Runtime.RunUntilIdle();
    }

    private TestPeer Serve()
    {
        Send();
        var peer = _upstream.Accept();
        peer.Expect("?").Send("one\n");
        Runtime.RunUntilIdle();
        return peer;
    }

    private LineCodec.Request SendTo(Host host)
    {
        var request = new LineCodec.Request();
        Runtime.Run(Worker, () => request.Ticket = Cluster.NewRequest(host, new PoolQuery(RequestPriority.Default), request, request));
        return request;
    }

    private TestPeer Asked()
    {
        Runtime.RunUntilIdle();
        var peer = _upstream.Accept();
        peer.ReadUntil("\r\n\r\n");
        return peer;
    }

    private TestPeer NextCheck(TestPeer peer)
    {
        Runtime.Advance(1_000);
        peer.ReadUntil("\r\n\r\n");
        return peer;
    }

    private long HealthGauge(string name) => Gauge("health_check.", Proxy.Clusters.Health.HealthStats.Schema, name);

    private long Gauge(string prefix, Proxy.Stats.StatSchema schema, string name)
    {
        var group = Stats.Snapshot().Single(group => group.Prefix == "cluster.c." + prefix);
        return group.Shards.ToArray().OfType<Proxy.Stats.StatShard>().Sum(shard => shard.Read(new Proxy.Stats.GaugeId(schema.Gauges.ToList().IndexOf(name))));
    }
}
