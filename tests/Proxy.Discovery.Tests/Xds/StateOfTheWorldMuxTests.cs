using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Resources;
using Proxy.Resources.Status;

namespace Proxy.Discovery.Tests.Xds;

public sealed class StateOfTheWorldMuxTests
{
    [Test]
    public void Watch_OpensTheStreamAndAsks()
    {
        var plane = Plane();

        plane.Watch(ResourceKind.Cluster);

        plane.Calls.Should().Equal("/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources");
        plane.TakeRequests().Should().Equal("Cluster me");
        plane.Gauge("control_plane.connected_state").Should().Be(1);
    }

    [Test]
    public void Answer_IsHandedOnAndAcknowledged()
    {
        var plane = Watching();

        plane.Answer("1", "n1", new Cluster { Name = "a" });

        plane.Told.Should().Equal("Cluster 1: a");
        plane.TakeRequests().Should().Equal("Cluster me v1 n1");
        plane.Count("Cluster.update_success").Should().Be(1);
        plane.Count("Cluster.update_attempt").Should().Be(2);
    }

    [Test]
    public void Answer_Refused_KeepsTheOldVersionAndSaysWhy()
    {
        var plane = Watching();
        plane.Answer("1", "n1", new Cluster { Name = "a" });
        plane.TakeRequests();

        plane.Answer("2", "n2", new Cluster { Name = "a", ConnectTimeout = new Duration { Seconds = -1 } });
        plane.TakeRequests().Should().ContainSingle().Which.Should().StartWith("Cluster me v1 n2 error 13: connect_timeout:");
        plane.Refuses = true;
        plane.Answer("3", "n3", new Cluster { Name = "a" });
        plane.TakeRequests().Should().Equal("Cluster me v1 n3 error 13: name: disliked");
        plane.Refuses = false;
        plane.Answer("4", "n4", new Cluster { Name = "a" });

        plane.TakeRequests().Should().Equal("Cluster me v4 n4");
        plane.Count("Cluster.update_rejected").Should().Be(2);
    }

    [Test]
    public void Answer_SameNameTwice_WhoWatchesItIsToldTheFirst()
    {
        var plane = Plane();
        plane.Watch(ResourceKind.Cluster, "a", "b");

        plane.Answer("1", "n1", new Cluster { Name = "a" }, new Cluster { Name = "b" }, new Cluster { Name = "a" });

        plane.Told.Should().Equal("Cluster 1: a,b");
    }

    [Test]
    public void Answer_OneWatchRefuses_EveryOneCountsIt_AndTheOthersKeepTheirs()
    {
        var plane = Plane();
        plane.Watch(ResourceKind.Cluster, new Refusing(), "bad");
        plane.Watch(ResourceKind.Cluster, "good");

        plane.Answer("1", "n1", new Cluster { Name = "bad" }, new Cluster { Name = "good" });

        plane.Told.Should().Equal("Cluster 1: good");
        plane.Count("Cluster.update_success").Should().Be(1);
        plane.Count("Cluster.update_rejected").Should().Be(2);
    }

    [Test]
    public void Answer_RefusedAsAWhole_EveryWatchKnowsWhatOfItWasIts()
    {
        var plane = Plane();
        foreach (var name in new[] { "bad", "good", "absent" })
        {
            plane.Watch(ResourceKind.Cluster, name);
        }

        plane.Answer("1", "n1", new Cluster { Name = "bad", ConnectTimeout = new Duration { Seconds = -1 } }, new Cluster { Name = "good" });

        plane.Watches.SelectMany(static watch => watch.Ledger.Entries).Select(static entry => (entry.Name, entry.State)).Should().Equal(
            ("bad", ResourceState.Refused), ("good", ResourceState.Refused), ("absent", ResourceState.Requested));
    }

    [Test]
    public void Answer_WhileItsKindIsPaused_IsAcknowledgedLater()
    {
        var plane = Watching();
        plane.OnMain(source => source.Pause(ResourceKind.Cluster));

        plane.Answer("1", "n1", new Cluster { Name = "a" });
        plane.TakeRequests().Should().BeEmpty();
        plane.OnMain(source => source.Resume(ResourceKind.Cluster));

        plane.TakeRequests().Should().Equal("Cluster me v1 n1");
    }

    [Test]
    public void Watch_SeveralNamesWhilePaused_AskOnce()
    {
        var plane = Plane();
        plane.OnMain(source => source.Pause(ResourceKind.Endpoints));
        plane.Watch(ResourceKind.Endpoints, "a");
        var second = plane.Watch(ResourceKind.Endpoints, "b");

        plane.OnMain(source => source.Resume(ResourceKind.Endpoints));
        plane.TakeRequests().Should().Equal("ClusterLoadAssignment me a,b");
        plane.OnMain(_ => second.Dispose());

        plane.TakeRequests().Should().Equal("ClusterLoadAssignment me a");
    }

    [Test]
    public void Answer_OfATypeNobodyWatches_IsIgnored()
    {
        var plane = Watching();

        plane.Answer("1", "n1", [], "type.googleapis.com/envoy.config.listener.v3.Listener");
        plane.Answer("1", "n1", [], "type.googleapis.com/what.is.This");
        plane.Deliver([0xFF]);

        plane.TakeRequests().Should().BeEmpty();
        plane.Told.Should().BeEmpty();
    }

    [Test]
    public void End_StreamIsOpenedAgainWithTheLastVersionAndNoNonce()
    {
        var plane = Watching();
        plane.Answer("1", "n1", new Cluster { Name = "a" });
        plane.TakeRequests();

        plane.End();
        plane.Gauge("control_plane.connected_state").Should().Be(0);
        plane.Count("Cluster.update_failure").Should().Be(1);
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me v1");
        plane.Targets.Should().Equal("first");
    }

    [Test]
    public void Request_NodeOnFirstMessageOnly_NamesItOncePerStream()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.Grpc, config => config with { NodeOnFirstMessageOnly = true });
        plane.Watch(ResourceKind.Cluster);
        plane.Answer("1", "n1");
        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me", "Cluster v1 n1", "Cluster me v1");
    }

    [Test]
    public void Request_AboveTheRate_WaitsForTheNextToken()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.Grpc, config => config with { RateLimit = new RequestRateConfig(1, 2) });
        plane.Watch(ResourceKind.Cluster);

        plane.Answer("1", "n1");
        plane.TakeRequests().Should().Equal("Cluster me");
        plane.Gauge("control_plane.pending_requests").Should().Be(1);
        plane.Advance(TimeSpan.FromMilliseconds(501));

        plane.TakeRequests().Should().Equal("Cluster me v1 n1");
        plane.Count("control_plane.rate_limit_enforced").Should().Be(1);
    }

    [Test]
    public void Watch_NoAnswerInTime_IsGivenUp()
    {
        var plane = Watching();

        plane.Advance(TimeSpan.FromSeconds(15.1));

        plane.Told.Should().Equal("Cluster given up");
        plane.Count("Cluster.init_fetch_timeout").Should().Be(1);
    }

    [Test]
    public void Lifetime_NotNamedInTime_IsGone()
    {
        var plane = Watching();
        plane.Answer("1", "n1", [Wrap("a", heartbeat: false), FakeControlPlane.Pack(new Cluster { Name = "b" })]);
        plane.Advance(TimeSpan.FromSeconds(0.9));
        plane.Answer("1", "n2", [Wrap("a", heartbeat: true), FakeControlPlane.Pack(new Cluster { Name = "b" })]);
        plane.Advance(TimeSpan.FromSeconds(0.9));
        plane.Told.Should().Equal("Cluster 1: a,b", "Cluster 1: (a),b");

        plane.Advance(TimeSpan.FromSeconds(0.2));

        plane.Told.Should().HaveCount(3).And.EndWith("Cluster 1:  -a");
    }

    [Test]
    public void Watch_OfACollection_HasWhatIsInItsFolder()
    {
        const string Folder = "xdstp://authority/envoy.config.cluster.v3.Cluster/foo/";
        var plane = new FakeControlPlane(ControlPlaneProtocol.Grpc);
        plane.Watch(ResourceKind.Cluster, Folder + "*");

        plane.Answer("1", "n1", new Cluster { Name = Folder + "b" }, new Cluster { Name = Folder + "c/d" });

        plane.TakeRequests().Should().Equal($"Cluster me {Folder}*", $"Cluster me v1 n1 {Folder}*");
        plane.Told.Should().Equal($"Cluster 1: {Folder}b");
    }

    [Test]
    public void Answer_NameIsAMalformedUri_IsRefused()
    {
        var plane = new FakeControlPlane(ControlPlaneProtocol.Grpc);
        plane.Watch(ResourceKind.Cluster);

        plane.Answer("1", "n1", new Cluster { Name = "xdstp://authority/" });

        plane.TakeRequests()[^1].Should().Contain("error 13: xdstp://authority/: is no xdstp:// name");
    }

    private static Any Wrap(string name, bool heartbeat) => new()
    {
        TypeUrl = "type.googleapis.com/envoy.service.discovery.v3.Resource",
        Value = Google.Protobuf.MessageExtensions.ToByteString(FakeControlPlane.Named(name, "1", TimeSpan.FromSeconds(1), heartbeat)),
    };

    private static FakeControlPlane Plane() => new(ControlPlaneProtocol.Grpc);

    private static FakeControlPlane Watching()
    {
        var plane = Plane();
        plane.Watch(ResourceKind.Cluster);
        plane.TakeRequests();
        return plane;
    }

    private sealed class Refusing : IResourceWatcher
    {
        public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update) => new([new ConfigFault("", "disliked")]);

        public void GiveUp()
        {
        }
    }
}
