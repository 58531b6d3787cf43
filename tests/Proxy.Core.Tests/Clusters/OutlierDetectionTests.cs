using System.Globalization;
using System.Net;
using System.Text;
using Proxy.Clusters;
using Proxy.Clusters.Outliers;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Clusters;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OutlierDetectionTests : ClusterFixture
{
    private static readonly IPEndPoint C = IPEndPoint.Parse("10.0.0.3:80");

    private static readonly OutlierDetectionConfig Defaults = new() { Consecutive5xx = 2, MaxEjectionPercent = 100 };

    public OutlierDetectionTests()
        : base(workers: 2)
    {
    }

    [TestCase("500 500", true)]
    [TestCase("500 200 500", false)]
    [TestCase("500 404 500", false)]
    [TestCase("500 timeout", true)]
    [TestCase("broken 500", true)]
    [TestCase("500 connected 500", true)]
    public void Host_FailuresInARow_EjectIt(string outcomes, bool ejected)
    {
        Start(Defaults);

        Report(A, outcomes);

        IsOut(A).Should().Be(ejected);
        Outlier("ejections_active").Should().Be(ejected ? 1 : 0);
        Outlier("ejections_enforced_consecutive_5xx").Should().Be(ejected ? 1 : 0);
        Stat("membership_healthy").Should().Be(ejected ? 2 : 3);
    }

    [Test]
    public void Host_FailuresOnSeveralWorkers_AreOneRow()
    {
        Start(Defaults);

        Report(A, "500", worker: 0);
        Report(A, "500", worker: 1);

        IsOut(A).Should().BeTrue();
    }

    [TestCase("broken timeout", 1, 0)]
    [TestCase("broken connected timeout", 0, 0)]
    [TestCase("500 broken 500", 0, 1)]
    public void Host_LocalOriginSplit_CountsBothKindsApart(string outcomes, int local, int external)
    {
        Start(Defaults with { SplitExternalLocalOriginErrors = true, ConsecutiveLocalOriginFailure = 2 });

        Report(A, outcomes);

        Outlier("ejections_enforced_consecutive_local_origin_failure").Should().Be(local);
        Outlier("ejections_enforced_consecutive_5xx").Should().Be(external);
    }

    [TestCase("502 504", 1)]
    [TestCase("502 500 504", 0)]
    public void Host_GatewayFailures_AreARowOfTheirOwn(string outcomes, int ejections)
    {
        Start(Defaults with { Consecutive5xx = 9, ConsecutiveGatewayFailure = 2, Enforcing = new OutlierEnforcementConfig { ConsecutiveGatewayFailure = 100 } });

        Report(A, outcomes);

        Outlier("ejections_enforced_consecutive_gateway_failure").Should().Be(ejections);
    }

    [Test]
    public void Host_NotEnforced_IsDetectedEachTimeAndStays()
    {
        Start(Defaults with { Enforcing = new OutlierEnforcementConfig { Consecutive5xx = 0 } });

        Report(A, "500 500 500 500");

        IsOut(A).Should().BeFalse();
        Outlier("ejections_detected_consecutive_5xx").Should().Be(2);
        Outlier("ejections_total").Should().Be(2);
        Outlier("ejections_enforced_total").Should().Be(0);
    }

    [TestCase(10u, false, 0, 2)]
    [TestCase(34u, false, 1, 1)]
    [TestCase(67u, false, 2, 0)]
    [TestCase(0u, true, 1, 1)]
    public void Host_MaxEjectionPercent_KeepsTheOthersIn(uint percent, bool alwaysOne, int ejected, int overflow)
    {
        Start(Defaults with { MaxEjectionPercent = percent, AlwaysEjectOneHost = alwaysOne });

        Report(A, "500 500");
        Report(B, "500 500");

        Outlier("ejections_active").Should().Be(ejected);
        Outlier("ejections_overflow").Should().Be(overflow);
    }

    [Test]
    public void Host_AfterItsTime_ComesBackAndStaysOutLongerTheNextTime()
    {
        Start(Defaults with { Interval = TimeSpan.FromSeconds(1), BaseEjectionTime = TimeSpan.FromSeconds(5) });
        Report(A, "500 500");
        Runtime.Advance(4_500);
        IsOut(A).Should().BeTrue();
        Runtime.Advance(1_000);
        IsOut(A).Should().BeFalse();

        Report(A, "500 500");
        Runtime.Advance(9_000);
        IsOut(A).Should().BeTrue("the second time lasts twice as long");
        Runtime.Advance(2_000);

        IsOut(A).Should().BeFalse();
        Outlier("ejections_active").Should().Be(0);
    }

    [Test]
    public void Host_MaxEjectionTime_EndsTheGrowth()
    {
        var time = TimeSpan.FromSeconds(5);
        Start(Defaults with { Interval = TimeSpan.FromSeconds(1), BaseEjectionTime = time, MaxEjectionTime = time });
        Report(A, "500 500");
        Runtime.Advance(6_000);

        Report(A, "500 500");
        Runtime.Advance(6_000);

        IsOut(A).Should().BeFalse();
    }

    [Test]
    public void Host_FailurePercentage_EjectsWhoIsAboveIt()
    {
        Start(Defaults with
        {
            Consecutive5xx = 1000,
            Interval = TimeSpan.FromSeconds(1),
            Enforcing = new OutlierEnforcementConfig { FailurePercentage = 100 },
            FailurePercentage = new FailurePercentageConfig(Threshold: 60, MinimumHosts: 3, RequestVolume: 5),
        });
        Report(A, "500 500 200 500 200");
        Report(B, "500 500 200 200 200");
        Report(C, "200 200 200 200 200");

        Runtime.Advance(1_100);

        (IsOut(A), IsOut(B), IsOut(C)).Should().Be((true, false, false));
        HostAt(A).Outliers!.SuccessRate.Should().Be(40);
        HostAt(C).Outliers!.SuccessRate.Should().Be(100);
    }

    [Test]
    public void Host_SuccessRate_EjectsWhoIsFarBelowTheOthers()
    {
        Start(Defaults with { Consecutive5xx = 1000, Interval = TimeSpan.FromSeconds(1), SuccessRate = new SuccessRateConfig(3, 4, 1000) });
        Report(A, "500 500 500 200");
        Report(B, "200 200 200 200");
        Report(C, "200 200 200 500");

        Runtime.Advance(1_100);

        (IsOut(A), IsOut(B), IsOut(C)).Should().Be((true, false, false));
        Outlier("ejections_success_rate").Should().Be(1);
        Outlier("ejections_enforced_success_rate").Should().Be(1);
    }

    [Test]
    public void Host_TooFewRequestsInTheInterval_IsNotJudged()
    {
        Start(Defaults with { Consecutive5xx = 1000, Interval = TimeSpan.FromSeconds(1), SuccessRate = new SuccessRateConfig(3, 4, 1000) });
        foreach (var host in new[] { A, B, C })
        {
            Report(host, host == A ? "500 500 500" : "200 200 200");
            Runtime.Advance(600);
            Report(host, host == A ? "500" : "200");
        }

        Runtime.Advance(1_100);

        IsOut(A).Should().BeFalse();
    }

    [Test]
    public void News_WithinTheMergeWindow_ReachTheWorkersTogether()
    {
        Start(Defaults with { Consecutive5xx = 1 });
        Report(A, "500");
        InUse().Should().Equal([B, C]);

        Report(B, "500");
        InUse().Should().Equal([B, C], "the window of the first news is still open");
        Stat("membership_healthy").Should().Be(1);
        Runtime.Advance(1_100);

        InUse().Should().Equal([C]);
    }

    [Test]
    public void Log_TellsOfEveryEjectionAndReturn()
    {
        var log = new RecordingOutlierLog();
        var json = new OutlierEventLog(log, "c");
        var host = new Host(A, "", LocalityConfig.None, 1);
        host.Outliers = new OutlierMonitor(host, null!) { Ejections = 3, ChangedAt = Runtime.Main.Now - 2_000 };

        json.OnEjected(host, EjectionKind.ConsecutiveGatewayFailure, enforced: true, null, Runtime.Main);
        json.OnReturned(host, Runtime.Main);

        log.Lines[0].Should().StartWith("{\"type\":\"CONSECUTIVE_GATEWAY_FAILURE\",\"cluster_name\":\"c\",\"upstream_url\":\"10.0.0.1:80\",\"action\":\"EJECT\",\"num_ejections\":3,")
            .And.EndWith("\"secs_since_last_action\":\"2\",\"enforced\":true,\"eject_consecutive_event\":{}}\n");
        log.Lines[1].Should().Contain("\"action\":\"UNEJECT\"").And.EndWith("\"enforced\":false}\n");
    }

    private void Start(OutlierDetectionConfig outliers)
    {
        Add(Config(A, B, C) with { OutlierDetection = outliers, PanicThreshold = 0 });
        Runtime.RunUntilIdle();
    }

    private void Report(IPEndPoint at, string outcomes, int worker = 0)
    {
        var on = Runtime.Workers[worker];
        foreach (var outcome in outcomes.Split(' '))
        {
            Runtime.Run(on, () => Report(HostAt(at).Outliers!, on, outcome));
            Runtime.RunUntilIdle();
        }
    }

    private static void Report(OutlierMonitor monitor, Worker on, string outcome)
    {
        switch (outcome)
        {
            case "timeout":
                monitor.OnTimeout(on, 504);
                break;
            case "broken":
                monitor.OnBroken(on);
                break;
            case "connected":
                monitor.OnConnected(on, isAll: false);
                break;
            default:
                monitor.OnAnswer(on, int.Parse(outcome, CultureInfo.InvariantCulture));
                break;
        }
    }

    private Host HostAt(IPEndPoint at) => Manager.Clusters.Single().Hosts.All.Single(entry => entry.Host.EndPoint.Equals(at)).Host;

    private bool IsOut(IPEndPoint at) => HostAt(at).Flags.HasFlag(HealthFlags.FailedOutlierCheck);

    private IPEndPoint[] InUse() => [.. Cluster.Hosts.Priorities[0].Healthy.Select(entry => (IPEndPoint)entry.Host.EndPoint)];

    private long Outlier(string name)
    {
        var group = Stats.Snapshot().Single(group => group.Prefix == "cluster.c.outlier_detection.");
        var counter = group.Schema.Counters.ToList().IndexOf(name);
        var gauge = group.Schema.Gauges.ToList().IndexOf(name);
        return group.Shards.ToArray().OfType<StatShard>().Sum(shard => counter >= 0 ? shard.Read(new CounterId(counter)) : shard.Read(new GaugeId(gauge)));
    }

    private sealed class RecordingOutlierLog : ILogFile
    {
        public List<string> Lines { get; } = [];

        public void Write(Worker worker, ReadOnlySpan<byte> line) => Lines.Add(Encoding.UTF8.GetString(line));
    }
}
