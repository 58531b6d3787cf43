using Proxy.Configuration.Discovery;
using Proxy.Resources;

namespace Proxy.Discovery.Tests.Xds;

public sealed class DeltaMuxTests
{
    [Test]
    public void Change_IsHandedOnAndAcknowledged()
    {
        var plane = Watching();

        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1"), FakeControlPlane.Named("b", "1")]);
        plane.Change("2", "n2", [FakeControlPlane.Named("b", "2")], "a");

        plane.Calls.Should().Equal("/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources");
        plane.Told.Should().Equal("Cluster 1: a,b", "Cluster 2: b -a");
        plane.TakeRequests().Should().Equal("Cluster me n1", "Cluster me n2");
    }

    [Test]
    public void Change_Refused_SaysWhy()
    {
        var plane = Watching();
        plane.Refuses = true;

        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1")]);

        plane.TakeRequests().Should().Equal("Cluster me n1 error 13: name: disliked");
        plane.Count("Cluster.update_rejected").Should().Be(1);
    }

    [Test]
    public void Change_SameNameTwice_IsRefused()
    {
        var plane = Watching();

        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1"), FakeControlPlane.Named("a", "2")]);

        plane.TakeRequests().Should().ContainSingle().Which.Should().Contain("error 13: a: stands in the answer twice");
        plane.Told.Should().Equal("Cluster given up");
    }

    [Test]
    public void Change_NameAddedAndRemoved_IsRefused()
    {
        var plane = Watching();

        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1")], "a");

        plane.TakeRequests().Should().ContainSingle().Which.Should().Contain("error 13: a: stands in the answer twice");
    }

    [Test]
    public void Change_NotAskedFor_IsAcknowledgedAndForgotten()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, "a");
        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1"), FakeControlPlane.Named("b", "1")]);
        plane.Told.Should().Equal("Cluster 1: a");
        plane.TakeRequests();

        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me a=1 +a");
    }

    [Test]
    public void End_NextStreamIsToldWhatIsKnown()
    {
        var plane = Watching();
        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1"), FakeControlPlane.Named("b", "1")]);
        plane.Change("2", "n2", [FakeControlPlane.Named("b", "2")], "a");
        plane.TakeRequests();

        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me b=2");
    }

    [Test]
    public void Watch_NamesComeAndGo_AreAskedForAndDropped()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        var first = plane.Watch(ResourceKind.Cluster, "a");
        plane.Watch(ResourceKind.Cluster, "b");
        plane.Watch(ResourceKind.Cluster, "b");

        plane.OnMain(_ => first.Dispose());

        plane.TakeRequests().Should().Equal("Cluster me +a", "Cluster me +b", "Cluster me -a");
    }

    [Test]
    public void Watch_NameIsAnUri_IsAskedForAndAnsweredAsItIs()
    {
        const string Name = "xdstp://authority/envoy.config.cluster.v3.Cluster/a?env=test";
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, Name);

        plane.Change("1", "n1", [FakeControlPlane.Named(Name, "1")]);

        plane.TakeRequests().Should().Equal("Cluster me +" + Name, "Cluster me n1");
        plane.Told.Should().Equal("Cluster 1: " + Name);
    }

    [Test]
    public void Watch_NameIsAnUri_MatchesInAnyOrderOfItsParameters()
    {
        const string Own = "xdstp://authority/envoy.config.cluster.v3.Cluster/a?z=1&b=2";
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, Own);

        plane.Change("1", "n1", [FakeControlPlane.Named("xdstp://authority/envoy.config.cluster.v3.Cluster/%61?z=1&b=2", "1")]);
        plane.Watch(ResourceKind.Cluster, Own);
        plane.Change("2", "n2", [], "xdstp://authority/envoy.config.cluster.v3.Cluster/a?b=2&z=1");

        plane.TakeRequests()[0].Should().Be("Cluster me +xdstp://authority/envoy.config.cluster.v3.Cluster/a?b=2&z=1");
        plane.Told.Should().Equal("Cluster 1: " + Own, "Cluster 1: " + Own, "Cluster 2:  -" + Own, "Cluster 2:  -" + Own);
    }

    [Test]
    public void Watch_OfACollection_HasWhatIsInItsFolder()
    {
        const string Folder = "xdstp://authority/envoy.config.cluster.v3.Cluster/foo/";
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, Folder + "*?env=test");

        plane.Change(
            "1",
            "n1",
            [
                FakeControlPlane.Named(Folder + "a?env=test", "1"),
                FakeControlPlane.Named(Folder + "b", "1"),
                FakeControlPlane.Named(Folder + "c/d?env=test", "1"),
                FakeControlPlane.Named("e", "1"),
            ]);
        plane.Watch(ResourceKind.Cluster, Folder + "*?env=test");
        plane.Change("2", "n2", [], Folder + "a?env=test");

        plane.TakeRequests().Should().Equal($"Cluster me +{Folder}*?env=test", "Cluster me n1", "Cluster me n2");
        plane.Told.Should().Equal(
            $"Cluster 1: {Folder}a?env=test", $"Cluster 1: {Folder}a?env=test", $"Cluster 2:  -{Folder}a?env=test", $"Cluster 2:  -{Folder}a?env=test");
    }

    [Test]
    public void Watch_OfACollection_Ends_ForgetsWhatWasInIt()
    {
        const string Folder = "xdstp://authority/envoy.config.cluster.v3.Cluster/foo/";
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        var watch = plane.Watch(ResourceKind.Cluster, Folder + "*");
        plane.Watch(ResourceKind.Cluster, "b");
        plane.Change("1", "n1", [FakeControlPlane.Named(Folder + "a", "1"), FakeControlPlane.Named("b", "1")]);
        plane.OnMain(_ => watch.Dispose());
        plane.TakeRequests();

        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me b=1 +b");
    }

    [TestCase("xdstp://authority", "")]
    [TestCase("a", "xdstp://authority")]
    public void Change_NameIsAMalformedUri_IsRefused(string name, string removed)
    {
        var plane = Watching();

        plane.Change("1", "n1", [FakeControlPlane.Named(name, "1")], removed.Length > 0 ? [removed] : []);

        plane.TakeRequests().Should().ContainSingle().Which.Should().Contain("error 13: xdstp://authority: is no xdstp:// name");
        plane.Told.Should().Equal("Cluster given up");
    }

    [Test]
    public void Change_EachWatchIsToldItsOwn()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, "a");
        plane.Watch(ResourceKind.Cluster, "b", "c");
        plane.Watch(ResourceKind.Cluster, "d");

        plane.Change("1", "n1", [FakeControlPlane.Named("c", "1"), FakeControlPlane.Named("a", "1"), FakeControlPlane.Named("x", "1")], "b");

        plane.Told.Should().Equal("Cluster 1: c -b", "Cluster 1: a");
    }

    [Test]
    public void Watch_ComesAndGoesBeforeTheRequest_IsNotAskedFor()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, "a");
        plane.TakeRequests();
        plane.OnMain(source => source.Pause(ResourceKind.Cluster));
        var second = plane.Watch(ResourceKind.Cluster, "b");
        plane.OnMain(_ => second.Dispose());
        plane.Watch(ResourceKind.Cluster, "c");

        plane.OnMain(source => source.Resume(ResourceKind.Cluster));

        plane.TakeRequests().Should().Equal("Cluster me +c");
    }

    [Test]
    public void Ask_AddsAName_AgainWhenItIsWatchedAlready()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        var watch = plane.Watch(ResourceKind.Cluster, "a");

        plane.OnMain(_ => watch.Ask("b"));
        plane.OnMain(_ => watch.Ask("b"));

        plane.TakeRequests().Should().Equal("Cluster me +a", "Cluster me +b", "Cluster me +b");
    }

    [Test]
    public void Ask_WhereEverythingIsWatchedToo_NextStreamIsToldBoth()
    {
        var plane = Watching();
        plane.Watch(ResourceKind.Cluster, "a");
        plane.TakeRequests();

        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().ContainSingle().Which.Should().Contain("+*").And.Contain("+a");
    }

    [Test]
    public void Watch_OfAPrefix_IsToldWhatBeginsSo()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.WatchPrefix(ResourceKind.Cluster, "r/");

        plane.Change("1", "n1", [FakeControlPlane.Named("r/a", "1"), FakeControlPlane.Named("q/a", "1")]);

        plane.TakeRequests().Should().Equal("Cluster me", "Cluster me n1");
        plane.Told.Should().Equal("Cluster 1: r/a");
    }

    [Test]
    public void Watch_OfWhatIsKnown_IsToldAtOnce()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster, "a");
        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1")]);
        plane.Told.Clear();

        plane.Watch(ResourceKind.Cluster, "a");

        plane.Told.Should().Equal("Cluster 1: a");
    }

    [Test]
    public void Lifetime_HeartbeatsKeepItAlive()
    {
        var plane = Watching();
        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1", TimeSpan.FromSeconds(1))]);
        for (var i = 0; i < 3; i++)
        {
            plane.Advance(TimeSpan.FromSeconds(0.9));
            plane.Change("1", "h", [FakeControlPlane.Named("a", "1", TimeSpan.FromSeconds(1), isHeartbeat: true)]);
        }

        plane.Told.Should().NotContain(text => text.EndsWith("-a", StringComparison.Ordinal));
        plane.Advance(TimeSpan.FromSeconds(1.1));
        plane.Told[^1].Should().EndWith("-a");
    }

    private static FakeControlPlane Watching()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.DeltaGrpc);
        plane.Watch(ResourceKind.Cluster);
        plane.TakeRequests().Should().Equal("Cluster me");
        return plane;
    }
}
