using System.Net;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Core.Tests.Clusters;
using Proxy.Resources;

namespace Proxy.Core.Tests.Resources;

/// <summary>Clusters whose hosts come from a source.</summary>
public sealed class EdsTests : ClusterFixture
{
    private readonly FakeSource _source = new();

    public EdsTests()
    {
        Manager.Resources.Open([_source]);
    }

    [Test]
    public void Add_BeforeTheFirstAnswer_Warms()
    {
        Add(Fed());
        Manager.Find(Worker, "c").Should().BeNull();

        Answer("1", A);

        Choose()!.EndPoint.Should().Be(A);
        Stat("membership_total").Should().Be(1);
        _source.Log.Should().Equal("Endpoints c");
    }

    [Test]
    public void Answer_HostStays_IsTheSameObject()
    {
        Add(Fed());
        Answer("1", A);
        var host = Choose();

        Answer("2", A, B);

        Hosts().Should().Contain(host!).And.HaveCount(2);
        Stat("membership_change").Should().Be(2);
    }

    [Test]
    public void Answer_SameHosts_RebuildsNothing()
    {
        Add(Fed());
        Answer("1", A);

        Answer("2", A);

        Stat("membership_change").Should().Be(1);
        Stat("update_no_rebuild").Should().Be(1);
    }

    [Test]
    public void Answer_WeightChanges_MembershipDoesNot()
    {
        Add(Fed());
        Answer("1", A);
        var host = Choose();

        Deliver("2", new LocalityEndpointsConfig { Endpoints = [Endpoint(A, weight: 7)] });

        Choose().Should().BeSameAs(host);
        Stat("membership_change").Should().Be(1);
    }

    [Test]
    public void Answer_BreaksARule_LastHostsGoOn()
    {
        Add(Fed());
        Answer("1", A);

        var faults = Deliver("2", new LocalityEndpointsConfig { Priority = 200, Endpoints = [Endpoint(B)] });

        faults.Should().Equal("endpoints[0].priority: must be between 0 and 128");
        Choose()!.EndPoint.Should().Be(A);
    }

    [Test]
    public void Answer_PrioritiesChange_CountsEachOfThem()
    {
        Add(Fed());
        Answer("1", A, B);

        Deliver("2", new LocalityEndpointsConfig { Endpoints = [Endpoint(A)] }, new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B)] });

        Choose()!.EndPoint.Should().Be(A);
        Stat("membership_change").Should().Be(3);
    }

    [Test]
    public void GiveUp_NoAnswer_IsReadyWithoutHosts()
    {
        Add(Fed());

        Runtime.Run(Runtime.Main, () => _source.GiveUp(ResourceKind.Endpoints));

        Choose().Should().BeNull();
    }

    [Test]
    public void StaleAfter_NoAnswerInTime_HostsAreDropped()
    {
        Add(Fed());
        Deliver(new EndpointAssignmentConfig("c") { Endpoints = [Place(A)], StaleAfter = TimeSpan.FromSeconds(1) }, "1");
        Runtime.Advance(TimeSpan.FromSeconds(0.9));
        Choose().Should().NotBeNull();

        Runtime.Advance(TimeSpan.FromSeconds(0.2));

        Choose().Should().BeNull();
        Stat("assignment_stale").Should().Be(1);
        Answer("2", A);
        Choose().Should().NotBeNull();
    }

    [Test]
    public void Update_OfTheCluster_OldOneServesUntilHostsCameAgain()
    {
        Add(Fed());
        Answer("1", A);

        Add(Fed() with { BufferLimit = 4096 });
        Choose()!.EndPoint.Should().Be(A);
        Cluster.Config.BufferLimit.Should().NotBe(4096);
        Answer("2", B);

        Choose()!.EndPoint.Should().Be(B);
        Cluster.Config.BufferLimit.Should().Be(4096);
        _source.Log.Should().Equal("Endpoints c", "Endpoints c", "end Endpoints c");
    }

    [Test]
    public void Update_OfTheCluster_NoAnswerInTime_GoesOnWithTheHostsThatAreKnown()
    {
        Add(Fed());
        Answer("1", A);
        Add(Fed() with { BufferLimit = 4096 });

        Runtime.Run(Runtime.Main, () => _source.GiveUp(ResourceKind.Endpoints));
        Runtime.RunUntilIdle();

        Choose()!.EndPoint.Should().Be(A);
        Cluster.Config.BufferLimit.Should().Be(4096);
        Answer("2", B);
        Choose()!.EndPoint.Should().Be(B);
    }

    [Test]
    public void Update_OfTheCluster_HostsOfAnotherName_AreNotTakenOver()
    {
        Add(Fed());
        Answer("1", A);
        Add(Fed() with { EndpointDiscovery = new EndpointDiscoveryConfig(FakeSource.Config, "other") });

        Runtime.Run(Runtime.Main, () => _source.GiveUp(ResourceKind.Endpoints));
        Runtime.RunUntilIdle();

        Choose().Should().BeNull();
    }

    [Test]
    public void Remove_EndsTheWatch()
    {
        Add(Fed());
        Answer("1", A);

        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));

        _source.Log.Should().Equal("Endpoints c", "end Endpoints c");
    }

    [Test]
    public void Add_NothingBringsSuchResources_IsRefused()
    {
        var act = () => Manager.AddOrUpdate(Fed() with { EndpointDiscovery = new EndpointDiscoveryConfig(new AggregatedSourceConfig()) });

        act.Should().Throw<ConfigException>();
        Manager.Contains("c").Should().BeFalse();
    }

    [Test]
    public void PriorityShare_OfTheAnswer_Counts()
    {
        Add(Fed());
        ConfigList<LocalityEndpointsConfig> places =
        [
            new LocalityEndpointsConfig { Endpoints = [Endpoint(A), Endpoint(IPEndPoint.Parse("10.0.0.3:80"), health: EndpointHealth.Unhealthy)] },
            new LocalityEndpointsConfig { Priority = 1, Endpoints = [Endpoint(B)] },
        ];
        Deliver(new EndpointAssignmentConfig("c") { Endpoints = places }, "1");
        Chosen().Should().Contain(B);

        Deliver(new EndpointAssignmentConfig("c") { Endpoints = places, PriorityShare = new PriorityShareConfig { OverprovisioningFactor = 200 } }, "2");

        Chosen().Should().AllBeEquivalentTo(A);

        IEnumerable<EndPoint> Chosen() => Enumerable.Range(0, 200).Select(_ => Choose()!.EndPoint).ToList();
    }

    private static ClusterConfig Fed() => new()
    {
        Name = "c",
        Type = ClusterType.Eds,
        EndpointDiscovery = new EndpointDiscoveryConfig(FakeSource.Config),
    };

    private static LocalityEndpointsConfig Place(params IPEndPoint[] hosts) => new() { Endpoints = hosts.Select(host => Endpoint(host)).ToConfigList() };

    private void Answer(string version, params IPEndPoint[] hosts) => Deliver(version, Place(hosts));

    private List<string> Deliver(string version, params LocalityEndpointsConfig[] places) =>
        Deliver(new EndpointAssignmentConfig("c") { Endpoints = places.ToConfigList() }, version);

    private List<string> Deliver(EndpointAssignmentConfig assignment, string version)
    {
        List<string> faults = [];
        Runtime.Run(Runtime.Main, () => faults = _source.Answer(ResourceKind.Endpoints, version, (assignment.Name, assignment)));
        Runtime.RunUntilIdle();
        return faults;
    }

    private List<Host> Hosts()
    {
        var hosts = new HashSet<Host>();
        for (var i = 0; i < 8; i++)
        {
            hosts.Add(Choose()!);
        }

        return [.. hosts];
    }
}
