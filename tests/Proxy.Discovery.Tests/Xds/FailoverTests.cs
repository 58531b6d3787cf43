using Envoy.Config.Cluster.V3;
using Proxy.Configuration.Discovery;
using Proxy.Resources;

namespace Proxy.Discovery.Tests.Xds;

/// <summary>A control plane with a failover, as Envoy follows one.</summary>
public sealed class FailoverTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(501);

    [Test]
    public void Start_PrimaryFailsTwice_TheFailoverIsAskedAtOnce()
    {
        var plane = Watching(ControlPlaneProtocol.Grpc);

        plane.End();
        plane.Advance(Pause);
        plane.Targets.Should().Equal("first");
        plane.End();

        plane.Targets.Should().Equal("first", "second");
        plane.Count("Cluster.update_failure").Should().Be(2);
    }

    [Test]
    public void Start_NeitherAnswers_TheyAreTriedInTurn()
    {
        var plane = Watching(ControlPlaneProtocol.Grpc);
        FailOver(plane);

        plane.End();
        plane.Advance(TimeSpan.FromMilliseconds(499));
        plane.Targets.Should().Equal("first", "second");
        plane.Advance(TimeSpan.FromMilliseconds(2));
        plane.End();

        plane.Targets.Should().Equal("first", "second", "first", "second");
    }

    [Test]
    public void End_PrimaryHasAnswered_IsKeptHoweverOftenItFails()
    {
        var plane = Watching(ControlPlaneProtocol.Grpc);
        plane.Answer("1", "n1", new Cluster { Name = "a" });

        for (var i = 0; i < 5; i++)
        {
            plane.End();
            plane.Advance(TimeSpan.FromSeconds(31));
        }

        plane.Targets.Should().Equal("first");
        plane.Calls.Should().HaveCount(6);
    }

    [Test]
    public void End_FailoverHasAnswered_IsKept()
    {
        var plane = Watching(ControlPlaneProtocol.Grpc);
        FailOver(plane);
        plane.Answer("1", "n1", new Cluster { Name = "a" });

        for (var i = 0; i < 3; i++)
        {
            plane.End();
            plane.Advance(TimeSpan.FromSeconds(31));
        }

        plane.Targets.Should().Equal("first", "second");
        plane.Calls.Should().HaveCount(6);
    }

    [Test]
    public void End_FailoverHasAnswered_ReturnsToThePrimaryWhereThatIsWanted()
    {
        var plane = Watching(ControlPlaneProtocol.DeltaGrpc, returns: true);
        FailOver(plane);
        plane.Change("1", "n1", [FakeControlPlane.Named("a", "1")]);
        plane.TakeRequests();

        plane.End();
        plane.Advance(Pause);

        plane.Targets.Should().Equal("first", "second", "first");
        plane.TakeRequests().Should().Equal(["Cluster me"], "what one place has told is nothing to the other");
    }

    private static FakeControlPlane Watching(ControlPlaneProtocol protocol, bool returns = false)
    {
        var plane = new FakeControlPlane(
            protocol,
            config => config with { Targets = [.. config.Targets, new ControlPlaneTargetConfig("second")], ReturnsToPrimary = returns });
        plane.Watch(ResourceKind.Cluster);
        return plane;
    }

    private static void FailOver(FakeControlPlane plane)
    {
        plane.End();
        plane.Advance(Pause);
        plane.End();
    }
}
