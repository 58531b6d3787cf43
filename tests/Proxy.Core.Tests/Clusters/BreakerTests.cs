using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

public sealed class BreakerTests() : ClusterFixture(workers: 2)
{
    [Test]
    public void MaxRequests_Reached_RefusesAndLetsInAgain()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 1 } });
        Send();
        var peer = upstream.Accept();
        Stat("circuit_breakers.default.rq_open").Should().Be(1);

        var refused = Send();

        refused.Failure.Should().Be(PoolFailure.Overflow);
        Stat("upstream_rq_active_overflow").Should().Be(1);
        Stat("upstream_rq_pending_overflow").Should().Be(0);
        peer.Send("one\n");
        Stat("circuit_breakers.default.rq_open").Should().Be(0);
        var allowed = Send();
        allowed.Failure.Should().BeNull();
        Stat("upstream_cx_connect_fail").Should().Be(0);
        Choose()!.Shards.Sum(shard => shard.ConnectFailures).Should().Be(0, "our own limits never count against a host");
    }

    [Test]
    public void MaxRequests_HeldByAnotherWorker_CountsHereToo()
    {
        TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 1 } });
        Send(on: Runtime.Workers[1]);

        Send().Failure.Should().Be(PoolFailure.Overflow);
    }

    [Test]
    public void MaxPending_Reached_RefusesAtOnce()
    {
        Runtime.Network.BlackHole(A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxPendingRequests = 1 } });
        var first = Send();

        var second = Send();

        first.Failure.Should().BeNull();
        second.Failure.Should().Be(PoolFailure.Overflow);
        Stat("upstream_rq_pending_overflow").Should().Be(1);
        Stat("circuit_breakers.default.rq_pending_open").Should().Be(1);
    }

    [Test]
    public void MaxConnections_Reached_QueuesForTheOneThereIs()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } });
        var first = Send();
        var second = Send();
        Stat("upstream_cx_overflow").Should().Be(1);

        upstream.Accept().Expect("?").Send("one\n").Expect("?").Send("two\n");

        first.Answer.Should().Be("one");
        second.Answer.Should().Be("two");
        second.Reused.Should().BeTrue("the server may have closed after its first answer");
        upstream.Connections.Should().Be(1);
    }

    [Test]
    public void MaxConnectionsPerHost_Reached_QueuesForTheOneThereIs()
    {
        var first = TestUpstream.Listen(Runtime, A);
        var second = TestUpstream.Listen(Runtime, B);
        Add(Config(A, B) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnectionsPerHost = 1 } });
        for (var i = 0; i < 4; i++)
        {
            Send();
        }

        (first.Connections, second.Connections).Should().Be((1, 1), "round robin sends two requests to each");
        Stat("upstream_cx_overflow").Should().Be(2);
    }

    [Test]
    public void MaxConnections_ConnectionGoes_TheQueueGetsAnother()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } });
        Send();
        var second = Send();

        upstream.Accept().Send("!\n");
        upstream.Accept().Expect("?").Send("two\n");

        second.Answer.Should().Be("two");
    }

    [Test]
    public void MaxConnections_Zero_StillLetsOneThrough()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 0 } });

        var request = Send();
        upstream.Accept().Send("ok\n");

        request.Answer.Should().Be("ok");
        Stat("upstream_cx_overflow").Should().Be(1);
        Stat("circuit_breakers.default.cx_open").Should().Be(1);
    }

    [Test]
    public void HighPriority_HasLimitsOfItsOwn()
    {
        TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 0 } });

        Send().Failure.Should().Be(PoolFailure.Overflow);
        Send(priority: RequestPriority.High).Failure.Should().BeNull();
    }

    [Test]
    public void Retries_AreLimitedOverAllWorkers()
    {
        Add(Config(A));
        var other = Manager.Find(Runtime.Workers[1], "c")!;
        for (var i = 0; i < 3; i++)
        {
            other.TryStartRetry(RequestPriority.Default).Should().BeTrue();
        }

        Cluster.TryStartRetry(RequestPriority.Default).Should().BeFalse();
        other.EndRetry(RequestPriority.Default);
        Cluster.TryStartRetry(RequestPriority.Default).Should().BeTrue();
    }

    [Test]
    public void Runtime_HasALimit_ItWinsUntilItIsGone()
    {
        TestUpstream.Listen(Runtime, A);
        Add(Config(A));
        Runtime.Run(Runtime.Main, () => Manager.ApplyRuntime(new RuntimeSnapshot([new RuntimeValue("circuit_breakers.c.default.max_requests", "0")])));
        Send().Failure.Should().Be(PoolFailure.Overflow);
        Send(priority: RequestPriority.High).Failure.Should().BeNull();

        Runtime.Run(Runtime.Main, () => Manager.ApplyRuntime(RuntimeSnapshot.Empty));

        Send().Failure.Should().BeNull();
    }

    [Test]
    public void Remaining_Tracked_IsShown()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(A) with { DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 7, MaxRequests = 8, TrackRemaining = true } });
        Send();
        upstream.Accept();

        Stat("circuit_breakers.default.remaining_cx").Should().Be(6);
        Stat("circuit_breakers.default.remaining_rq").Should().Be(7);
        Stat("circuit_breakers.default.remaining_retries").Should().Be(3);
        Stat("circuit_breakers.high.remaining_rq").Should().Be(0, "it is not tracked");
    }
}
