using Proxy.Clusters;
using Proxy.Clusters.Pools;
using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

public sealed class HttpPoolTests : ClusterFixture
{
    private static readonly ClusterConfig Plain = Config(A);

    [Test]
    public void Request_NoConnection_OpensOneAndIsAnswered()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);

        var request = Send();
        var peer = upstream.Accept();
        peer.Expect("?").Send("yes\n");

        request.Answer.Should().Be("yes");
        request.Reused.Should().BeFalse();
        Stat("upstream_cx_total").Should().Be(1);
        Stat("upstream_cx_http1_total").Should().Be(1);
        Stat("upstream_cx_active").Should().Be(1);
        Stat("upstream_rq_total").Should().Be(1);
        Stat("upstream_rq_active").Should().Be(0);
        Stat("upstream_rq_pending_total").Should().Be(1);
        Stat("upstream_rq_pending_active").Should().Be(0);
        Stat("upstream_cx_rx_bytes_total").Should().Be(4);
    }

    [Test]
    public void Request_ConnectionIsFree_IsSentOnItAndSaysSo()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        var peer = upstream.Accept();
        peer.Expect("?").Send("one\n");

        var second = Send();
        peer.Expect("?").Send("two\n");

        second.Answer.Should().Be("two");
        second.Reused.Should().BeTrue();
        second.Ticket.Should().BeNull();
        upstream.Connections.Should().Be(1);
        Stat("upstream_rq_pending_total").Should().Be(1);
    }

    [Test]
    public void Request_SeveralConnectionsAreFree_TakesTheOneUsedLast()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        Send();
        var (first, second) = (upstream.Accept(), upstream.Accept());
        second.Send("b\n");
        first.Send("a\n");
        first.Take();

        Send();

        first.Text.Should().Be("?");
    }

    [Test]
    public void Request_FromInsideTheAnswerOfAnother_IsServed()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        var inner = new LineCodec.Request();
        Send(new LineCodec.Request { OnDone = () => Cluster.NewRequest(Choose()!, default, inner, inner) });
        upstream.Accept().Expect("?").Send("one\n");

        upstream.Accept().ExpectSilence(); // asked for before the first connection was known to be free
        Stat("upstream_rq_pending_active").Should().Be(0);
        Stat("upstream_rq_active").Should().Be(1);
    }

    [Test]
    public void Answer_SaysClose_ConnectionIsNotUsedAgain()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        var first = upstream.Accept();
        first.Send("!\n").ExpectEnd();

        Send();

        upstream.Accept().Expect("?");
        Stat("upstream_cx_destroy_local").Should().Be(1);
        Stat("upstream_cx_destroy_with_active_rq").Should().Be(0);
    }

    [Test]
    public void Answer_HasBytesBehindIt_ClosesTheConnectionAsAFault()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        var request = Send();
        upstream.Accept().Send("ok\nmore").ExpectEnd();

        request.Answer.Should().Be("ok");
        Stat("upstream_cx_protocol_error").Should().Be(1);
        Stat("upstream_cx_active").Should().Be(0);
    }

    [Test]
    public void IdleConnection_PeerCloses_IsDroppedAtOnce()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        upstream.Accept().Send("one\n").Close();

        Stat("upstream_cx_active").Should().Be(0);
        Stat("upstream_cx_destroy_remote").Should().Be(1);
        var next = Send();
        upstream.Accept().Expect("?").Send("two\n");
        next.Answer.Should().Be("two");
        next.Reused.Should().BeFalse();
    }

    [TestCase("HTTP/1.1 408 Request Timeout\r\n\r\n", 0)]
    [TestCase("surprise", 1)]
    public void IdleConnection_BytesCome_IsClosed(string bytes, long faults)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        upstream.Accept().Send("one\n").Send(bytes).ExpectEnd();

        Stat("upstream_cx_protocol_error").Should().Be(faults);
        Stat("upstream_cx_active").Should().Be(0);
    }

    [Test]
    public void IdleConnection_TimePasses_ClosesAfterTheTimeout()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain with { Http = new UpstreamHttpConfig { IdleTimeout = TimeSpan.FromSeconds(10) } });
        Send();
        var peer = upstream.Accept();
        peer.Send("one\n");
        Runtime.Advance(9_000);
        Send();
        peer.Send("two\n");
        Runtime.Advance(9_999);
        peer.IsOpen.Should().BeTrue("its idle time began again with the second answer");

        Runtime.Advance(2);

        peer.ExpectEnd();
        Stat("upstream_cx_idle_timeout").Should().Be(1);
    }

    [Test]
    public void BusyConnection_IdleTimeoutPasses_StaysUp()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain with { Http = new UpstreamHttpConfig { IdleTimeout = TimeSpan.FromSeconds(10) } });
        var request = Send();
        var peer = upstream.Accept();

        Runtime.Advance(60_000);
        peer.Send("late\n");

        request.Answer.Should().Be("late");
    }

    [Test]
    public void Connection_MaxRequestsReached_ClosesAfterTheLast()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain with { Http = new UpstreamHttpConfig { MaxRequestsPerConnection = 2 } });
        Send();
        var peer = upstream.Accept();
        peer.Send("one\n").IsOpen.Should().BeTrue();

        Send();
        peer.Send("two\n").ExpectEnd();

        Stat("upstream_cx_max_requests").Should().Be(1);
    }

    [Test]
    public void Connection_MaxDurationReached_IdleGoesBusyFinishes()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain with { Http = new UpstreamHttpConfig { MaxConnectionDuration = TimeSpan.FromSeconds(1) } });
        Send();
        var request = Send();
        var (idle, busy) = (upstream.Accept(), upstream.Accept());
        idle.Send("one\n");

        Runtime.Advance(1_000);

        idle.ExpectEnd();
        busy.IsOpen.Should().BeTrue();
        busy.Send("two\n").ExpectEnd();
        request.Answer.Should().Be("two");
        Stat("upstream_cx_max_duration_reached").Should().Be(2);
        Stat("upstream_cx_destroy_local").Should().Be(2);
    }

    [Test]
    public void Connect_Refused_FailsEverybodyWhoWaits()
    {
        Add(Plain);

        var request = Send();

        request.Failure.Should().Be(PoolFailure.ConnectFailed);
        request.Details.Should().Be("delayed connect error: Connection refused");
        Stat("upstream_cx_connect_fail").Should().Be(1);
        Stat("upstream_rq_pending_failure_eject").Should().Be(1);
        Stat("upstream_cx_active").Should().Be(0);
        Choose()!.Shards.Single().ConnectFailures.Should().Be(1);
    }

    [Test]
    public void Connect_RefusedAndTriedAgainFromTheCallback_IsANewAttempt()
    {
        Add(Plain);
        var again = new LineCodec.Request();

        Send(new LineCodec.Request { OnFailed = () => Cluster.NewRequest(Choose()!, default, again, again) });

        again.Failure.Should().Be(PoolFailure.ConnectFailed);
        Stat("upstream_cx_total").Should().Be(2);
    }

    [Test]
    public void Connect_NoAnswer_TimesOut()
    {
        Runtime.Network.BlackHole(A);
        Add(Plain with { ConnectTimeout = TimeSpan.FromMilliseconds(250) });
        var request = Send();
        Runtime.Advance(249);
        request.Failure.Should().BeNull();

        Runtime.Advance(2);

        request.Failure.Should().Be(PoolFailure.Timeout);
        Stat("upstream_cx_connect_timeout").Should().Be(1);
        Stat("upstream_cx_connect_fail").Should().Be(1);
    }

    [Test]
    public void BusyConnection_PeerResets_RequestIsResetAndCounted()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        var request = Send();

        upstream.Accept().Reset();

        request.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        Stat("upstream_cx_destroy_remote_with_active_rq").Should().Be(1);
        Stat("upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void BusyConnection_GivenUpLocally_IsClosedNotReused()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        var request = Send();
        var peer = upstream.Accept();

        Runtime.Run(Worker, () => request.Stream!.Reset(StreamResetReason.LocalReset));

        peer.ExpectEnd();
        Stat("upstream_cx_active").Should().Be(0);
        Stat("upstream_rq_active").Should().Be(0);
        Stat("upstream_cx_protocol_error").Should().Be(0);
    }

    [Test]
    public void WaitingRequest_Cancelled_HearsNothingAndTheConnectionIsKept()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        upstream.SetAccepting(true);
        Runtime.Network.BlackHole(A);
        Add(Plain);
        var request = Send();

        Runtime.Run(Worker, () => Cluster.CancelRequest(request.Ticket!));
        Runtime.Advance(10_000);

        request.Failure.Should().BeNull();
        Stat("upstream_rq_cancelled").Should().Be(1);
        Stat("upstream_rq_pending_active").Should().Be(0);
    }

    [Test]
    public void Priorities_HaveConnectionsOfTheirOwn()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        upstream.Accept().Send("one\n");

        Send(priority: RequestPriority.High);

        upstream.Connections.Should().Be(2);
    }

    [Test]
    public void HostRemoved_IdleGoesBusyFinishes()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        var request = Send();
        var (idle, busy) = (upstream.Accept(), upstream.Accept());
        idle.Send("one\n");

        Add(Config(B));

        idle.ExpectEnd();
        busy.IsOpen.Should().BeTrue();
        busy.Send("two\n").ExpectEnd();
        request.Answer.Should().Be("two");
    }

    [Test]
    public void ClusterRemoved_IsNotFoundAndItsConnectionsGo()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        var peer = upstream.Accept();
        peer.Send("one\n");

        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));

        peer.ExpectEnd();
        Manager.Find(Worker, "c").Should().BeNull();
        Manager.Contains("c").Should().BeFalse();
        Stats.Snapshot().Should().NotContain(group => group.Prefix == "cluster.c.");
    }

    [Test]
    public void Reuse_ManyTimes_AllocatesNothingPerRequest()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Plain);
        Send();
        upstream.Accept().Send("one\n");
        var host = Choose()!;
        var pool = host.On(Worker).Pools![0]!;
        var request = new QuietRequest();
        Exchange(pool, request);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Exchange(pool, request);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        Runtime.RunUntilIdle();
    }

    // What the pool does for a request between taking a connection and having it back, without the connection's I/O.
    private static void Exchange(HttpPool pool, QuietRequest request)
    {
        pool.NewRequest(request, request);
        var connection = pool.Busy.Last!;
        connection.OnData(connection.Connection, "x\n"u8, endOfStream: false);
    }
}
