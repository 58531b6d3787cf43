using System.Net;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Core.Tests.Clusters;
using Proxy.Resources;

namespace Proxy.Core.Tests.Resources;

/// <summary>Clusters that come from a source.</summary>
public sealed class ClusterDiscoveryTests : ClusterFixture
{
    private readonly FakeSource _source = new();
    private readonly ClusterDiscovery _discovery;
    private bool _ready;

    public ClusterDiscoveryTests()
    {
        Manager.Resources.Open([_source]);
        Manager.AddOrUpdate(Config(A) with { Name = "static" });
        _discovery = ClusterDiscovery.Start(Manager, FakeSource.Config, Runtime.Main, Stats, () => _ready = true);
        Manager.MarkStarted();
        _source.Log.Clear();
    }

    [Test]
    public void Answer_AddsChangesAndRemoves()
    {
        Answer("1", Config(A), Named("d", A)).Should().BeEmpty();
        _ready.Should().BeTrue();
        Answer("2", Config(B)).Should().BeEmpty();

        Choose()!.EndPoint.Should().Be(B);
        Manager.Contains("d").Should().BeFalse();
        Manager.Contains("static").Should().BeTrue("it is not the source's");
        Count("cluster_added").Should().Be(3);
        Count("cluster_modified").Should().Be(1);
        Count("cluster_removed").Should().Be(1);
        Count("cds.config_reload").Should().Be(2);
        _discovery.Version.Should().Be("2");
    }

    [Test]
    public void Answer_StaticCluster_IsLeftAlone()
    {
        Answer("1", Named("static", B)).Should().BeEmpty();

        Manager.Find(Worker, "static")!.ChooseHost(default)!.EndPoint.Should().Be(A);
        Answer("2");
        Manager.Contains("static").Should().BeTrue();
    }

    [Test]
    public void Answer_OneCannotBeBuilt_OthersAreTaken()
    {
        Answer("1", Config(A), Named("d", A));

        var faults = Run(() => _source.Answer(
            ResourceKind.Cluster, "2", ("c", new ConfigFault("type", "unheard of")), ("d", Named("d", B)), ("e", Named("e", A) with { ConnectTimeout = TimeSpan.Zero })));

        faults.Should().Equal("c.type: unheard of", "e.connect_timeout: must be greater than 0s");
        Choose()!.EndPoint.Should().Be(A, "its last good state goes on");
        Manager.Find(Worker, "d")!.ChooseHost(default)!.EndPoint.Should().Be(B);
    }

    [Test]
    public void Whole_OneBreaksARule_NothingIsTaken()
    {
        Answer("1", Config(A), Named("d", A));
        _source.IsWhole = true;

        Answer("2", Named("d", B), Named("e", A) with { ConnectTimeout = TimeSpan.Zero }, Named("e", B)).Should()
            .Equal("e.connect_timeout: must be greater than 0s", "e: another cluster has this name");

        Manager.Find(Worker, "d")!.ChooseHost(default)!.EndPoint.Should().Be(A);
        Manager.Contains("c").Should().BeTrue("an update that is refused removes nothing");
        _discovery.Version.Should().Be("1");
    }

    [Test]
    public void Whole_OneCannotBeMade_ThoseBeforeItStayAndNoneIsRemoved()
    {
        Answer("1", Config(A));
        _source.IsWhole = true;
        var check = new HealthCheckConfig(new TcpHealthProbeConfig())
        {
            Timeout = TimeSpan.FromSeconds(1), Interval = TimeSpan.FromSeconds(1), HealthyThreshold = 1, UnhealthyThreshold = 1, EventLogPath = "/there/are/no/files",
        };
        var broken = Named("e", A) with { HealthCheck = check };

        Answer("2", Named("d", B), broken, Named("f", B)).Should().ContainSingle().Which.Should().StartWith("e.health_checks[0].event_log_path");

        Manager.Contains("c").Should().BeTrue();
        Manager.Contains("d").Should().BeTrue();
        Manager.Contains("f").Should().BeFalse("the update ended before it");
    }

    [Test]
    public void Whole_Good_AddsAndRemoves()
    {
        Answer("1", Config(A));
        _source.IsWhole = true;

        Answer("2", Named("d", B)).Should().BeEmpty();

        Manager.Contains("c").Should().BeFalse();
        Manager.Contains("d").Should().BeTrue();
    }

    [Test]
    public void Answer_SameNameTwice_FirstIsTaken()
    {
        Answer("1", Config(A), Config(B)).Should().Equal("c: another cluster has this name");

        Choose()!.EndPoint.Should().Be(A);
    }

    [Test]
    public void Answer_NothingChanges_KeepsItsVersion()
    {
        Answer("1", Config(A));

        Answer("2", Config(A)).Should().BeEmpty();

        _discovery.Version.Should().Be("1");
        Count("cds.config_reload").Should().Be(1);
    }

    [Test]
    public void Answer_ClustersWarm_SourceWaitsUntilTheyAreReady()
    {
        var fed = new ClusterConfig { Name = "c", Type = ClusterType.Eds, EndpointDiscovery = new EndpointDiscoveryConfig(FakeSource.Config) };

        Answer("1", fed);
        _source.Log.Should().Equal("pause Endpoints", "pause Routes", "Endpoints c", "pause Cluster", "resume Endpoints", "resume Routes");
        _source.Log.Clear();
        Run(() => _source.Answer(ResourceKind.Endpoints, "1", ("c", new EndpointAssignmentConfig("c"))));

        _source.Log.Should().Equal("resume Cluster");
    }

    private static ClusterConfig Named(string name, params IPEndPoint[] hosts) => Config(hosts) with { Name = name };

    private List<string> Answer(string version, params ClusterConfig[] clusters) =>
        Run(() => _source.Answer(ResourceKind.Cluster, version, [.. clusters.Select(cluster => (cluster.Name, (object?)cluster))]));

    private List<string> Run(Func<List<string>> step)
    {
        List<string> faults = [];
        Runtime.Run(Runtime.Main, () => faults = step());
        Runtime.RunUntilIdle();
        return faults;
    }

    private double Count(string name) =>
        Stats.Reader.Read(full => full == "cluster_manager." + name).Counters.Single().Value;
}
