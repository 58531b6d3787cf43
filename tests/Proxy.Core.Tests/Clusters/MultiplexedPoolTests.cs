using Proxy.Clusters;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

public sealed class MultiplexedPoolTests : ClusterFixture
{
    internal override ClientCodecFactory Codecs => StreamsCodec.Factory;

    [Test]
    public void Request_ConnectionHasRoom_SharesIt()
    {
        var upstream = Listen();
        var (first, second) = (Send(), Send());
        var peer = upstream.Accept();

        peer.Expect("1?2?").Send("2=b\n1=a\n");

        first.Answer.Should().Be("a");
        second.Answer.Should().Be("b");
        upstream.Connections.Should().Be(1);
        Stat("upstream_cx_http2_total").Should().Be(1);
        Stat("upstream_cx_http1_total").Should().Be(0);
        Stat("upstream_rq_total").Should().Be(2);
        Stat("upstream_rq_active").Should().Be(0);
        Stat("upstream_rq_pending_active").Should().Be(0);
    }

    [Test]
    public void Request_BeforeThePeerHasSpoken_WaitsBeyondWhatEveryPeerTakesAndOpensNoOther()
    {
        var upstream = Listen();
        var requests = SendMany(StreamsCodec.SafeLimit + 1);
        var peer = upstream.Accept();
        peer.Expect("1?2?3?");
        Stat("upstream_rq_pending_active").Should().Be(1);

        peer.Send("limit 4\n").Expect("4?").Send("4=d\n");

        requests[3].Answer.Should().Be("d");
        upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Limit_IsLowerThanHopedFor_OpensFurtherConnections()
    {
        var upstream = Listen();
        SendMany(5);
        var first = upstream.Accept();
        first.Expect("1?2?3?").Send("limit 3\n");

        upstream.Accept().Expect("1?2?");

        Stat("upstream_cx_total").Should().Be(2);
        Stat("upstream_rq_active").Should().Be(5);
    }

    [Test]
    public void Limit_OfOneConnection_HoldsForTheNextBeforeItsPeerHasSpoken()
    {
        var upstream = Listen();
        Send();
        var first = upstream.Accept();
        first.Expect("1?").Send("limit 2\n");

        SendMany(5);

        first.Expect("2?");
        upstream.Accept().Expect("1?2?");
        upstream.Accept().Expect("1?2?");
        upstream.Connections.Should().Be(3);
    }

    [Test]
    public void Limit_IsNone_WaitsForABetterOneInsteadOfOpeningConnections()
    {
        var upstream = Listen();
        Send();
        var peer = upstream.Accept();
        peer.Expect("1?").Send("limit 0\n1=a\n");

        var second = Send();
        upstream.Connections.Should().Be(1);
        second.Done.Should().BeFalse();
        peer.Send("limit 1\n").Expect("2?").Send("2=b\n");

        second.Answer.Should().Be("b");
        upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Limit_IsConfigured_OpensAConnectionForEachSoMany()
    {
        var upstream = Listen(config => config with { Http = Http2(max: 2) });
        SendMany(5);

        upstream.Accept().Expect("1?2?");
        upstream.Accept().Expect("1?2?");
        upstream.Accept().Expect("1?");
        upstream.Connections.Should().Be(3);
    }

    [Test]
    public void Request_AllConnectionsAreFull_TakesTheFirstRoom()
    {
        var upstream = Listen(config => config with { Http = Http2(max: 1), DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } });
        Send();
        var peer = upstream.Accept();
        peer.Expect("1?");
        var second = Send();
        Stat("upstream_cx_overflow").Should().Be(1);
        Stat("upstream_rq_pending_active").Should().Be(1);

        peer.Send("1=a\n").Expect("2?").Send("2=b\n");

        second.Answer.Should().Be("b");
        upstream.Connections.Should().Be(1);
    }

    [Test]
    public void Request_IsGivenUp_TakesOnlyItsStreamAlongAndMakesRoom()
    {
        var upstream = Listen(config => config with { Http = Http2(max: 2), DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } });
        var requests = SendMany(3);
        var peer = upstream.Accept();
        peer.Expect("1?2?");

        Runtime.Run(Worker, () => requests[0].Stream!.Reset(StreamResetReason.LocalReset));
        peer.Expect("1!3?").Send("2=b\n3=c\n");

        requests[1].Answer.Should().Be("b");
        requests[2].Answer.Should().Be("c");
        Stat("upstream_rq_active").Should().Be(0);
        Stat("upstream_cx_active").Should().Be(1);
    }

    [Test]
    public void Request_FromInsideTheAnswerOfAnother_FindsTheRoomItLeft()
    {
        var upstream = Listen(config => config with
        {
            Http = Http2(max: 1),
            DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 1 },
        });
        var inner = new LineCodec.Request();
        Send(new LineCodec.Request { OnDone = () => Cluster.NewRequest(Choose()!, default, inner, inner) });
        var peer = upstream.Accept();

        peer.Expect("1?").Send("1=a\n").Expect("2?").Send("2=b\n");

        inner.Answer.Should().Be("b");
        Stat("upstream_rq_active_overflow").Should().Be(0);
    }

    [Test]
    public void Breaker_OfRequests_CountsStreams()
    {
        var upstream = Listen(config => config with { DefaultBreaker = new CircuitBreakerConfig { MaxRequests = 2 } });
        Send();
        Send();
        upstream.Accept().Expect("1?2?");

        var third = Send();

        third.Failure.Should().Be(PoolFailure.Overflow);
        Stat("upstream_rq_active_overflow").Should().Be(1);
    }

    [Test]
    public void GoAway_RequestsItTakes_AreAnsweredAndTheConnectionGoes()
    {
        var upstream = Listen();
        var (first, second) = (Send(), Send());
        var old = upstream.Accept();
        old.Expect("1?2?").Send("goaway 1\n");

        second.ResetBy.Should().Be(StreamResetReason.RemoteRefusedStreamReset);
        var third = Send();
        upstream.Accept().Expect("1?").Send("1=c\n");
        third.Answer.Should().Be("c");
        first.Done.Should().BeFalse();

        old.Send("1=a\n").ExpectEnd();
        first.Answer.Should().Be("a");
        Stat("upstream_cx_close_notify").Should().Be(1);
        Stat("upstream_cx_active").Should().Be(1);
        Stat("upstream_cx_destroy_with_active_rq").Should().Be(0);
    }

    [Test]
    public void GoAway_OnAnIdleConnection_ClosesIt()
    {
        var upstream = Listen();
        Send();
        upstream.Accept().Expect("1?").Send("1=a\ngoaway 1\n").ExpectEnd();

        Stat("upstream_cx_active").Should().Be(0);
        Stat("upstream_cx_destroy_local").Should().Be(1);
    }

    [Test]
    public void GoAway_RequestsWait_GetAnotherConnection()
    {
        var upstream = Listen(config => config with { Http = Http2(max: 4) });
        SendMany(4);
        var old = upstream.Accept();
        old.Expect("1?2?3?").Send("goaway 3\n");

        upstream.Accept().Expect("1?");
        Stat("upstream_rq_pending_active").Should().Be(0);
    }

    [Test]
    public void Reset_ByThePeer_LeavesTheOthers()
    {
        var upstream = Listen();
        var (first, second) = (Send(), Send());

        upstream.Accept().Expect("1?2?").Send("1!\n2=b\n");

        first.ResetBy.Should().Be(StreamResetReason.RemoteReset);
        second.Answer.Should().Be("b");
    }

    [Test]
    public void Connection_Breaks_EveryRequestIsToldOnceTheNumbersAreRight()
    {
        var upstream = Listen();
        long? active = null;
        var first = Send(new LineCodec.Request { OnFailed = () => active = Stat("upstream_rq_active") });
        var second = Send();
        upstream.Accept().Expect("1?2?").Reset();

        first.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        second.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        active.Should().Be(0);
        Stat("upstream_cx_destroy_remote_with_active_rq").Should().Be(1);
    }

    [Test]
    public void Peer_BreaksTheProtocol_IsCounted()
    {
        var upstream = Listen();
        var request = Send();
        upstream.Accept().Expect("1?").Send("fail\n").ExpectEnd();

        request.ResetBy.Should().NotBeNull();
        Stat("upstream_cx_protocol_error").Should().Be(1);
        Stat("upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void MaxRequests_IsReached_ConnectionGoesAfterTheLastAnswer()
    {
        var upstream = Listen(config => config with { Http = Http2() with { MaxRequestsPerConnection = 2 } });
        SendMany(3);
        var first = upstream.Accept();
        first.Expect("1?2?");
        upstream.Accept().Expect("1?");
        Stat("upstream_cx_max_requests").Should().Be(1);

        first.Send("1=a\n").ExpectSilence();
        first.Send("2=b\n").ExpectEnd();
    }

    [Test]
    public void MaxDuration_IsReached_ConnectionGoesAfterItsRequests()
    {
        var upstream = Listen(config => config with { Http = Http2() with { MaxConnectionDuration = TimeSpan.FromSeconds(10) } });
        var first = Send();
        var old = upstream.Accept();
        old.Expect("1?");

        Runtime.Advance(TimeSpan.FromSeconds(11));
        Send();
        upstream.Accept().Expect("1?");
        old.Send("1=a\n").ExpectEnd();

        first.Answer.Should().Be("a");
        Stat("upstream_cx_max_duration_reached").Should().Be(1);
    }

    [Test]
    public void Idle_FramesWithoutRequests_DoNotKeepTheConnection()
    {
        var upstream = Listen(config => config with { Http = Http2() with { IdleTimeout = TimeSpan.FromSeconds(10) } });
        Send();
        var peer = upstream.Accept();
        peer.Expect("1?").Send("1=a\n");

        Runtime.Advance(TimeSpan.FromSeconds(6));
        peer.Send("limit 7\n");
        Runtime.Advance(TimeSpan.FromSeconds(5));

        peer.ExpectEnd();
        Stat("upstream_cx_idle_timeout").Should().Be(1);
    }

    [Test]
    public void Host_Leaves_ConnectionsGoAfterTheirRequests()
    {
        var upstream = Listen();
        var request = Send();
        var peer = upstream.Accept();
        peer.Expect("1?");

        Add(Config(B) with { Http = Http2() });
        peer.ExpectSilence();
        peer.Send("1=a\n").ExpectEnd();

        request.Answer.Should().Be("a");
    }

    [Test]
    public void Reused_OnlyAConnectionThatWasIdle()
    {
        var upstream = Listen();
        var first = Send();
        var second = Send();
        upstream.Accept().Send("1=a\n2=b\n");
        var third = Send();
        var fourth = Send();

        new[] { first, second, third, fourth }.Select(request => request.Reused).Should().Equal(false, false, true, false);
    }

    [Test]
    public void Connect_Fails_EverybodyWhoWaitsIsTold()
    {
        Add(Config(A) with { Http = Http2() });
        var requests = SendMany(3);

        requests.Should().OnlyContain(request => request.Failure == PoolFailure.ConnectFailed);
        Stat("upstream_cx_connect_fail").Should().Be(1);
    }

    [Test]
    public void Downstream_DecidesTheProtocol_EachHasItsPool()
    {
        var upstream = Listen(config => config with { Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Downstream } });
        var (old, @new) = (new LineCodec.Request(), new LineCodec.Request());
        Runtime.Run(Worker, () => Cluster.NewRequest(Choose()!, new PoolQuery(default, HttpProtocol.Http10), old, old));
        Runtime.Run(Worker, () => Cluster.NewRequest(Choose()!, new PoolQuery(default, HttpProtocol.Http2), @new, @new));

        upstream.Connections.Should().Be(2);
        Stat("upstream_cx_http1_total").Should().Be(1);
        Stat("upstream_cx_http2_total").Should().Be(1);
    }

    [Test]
    public void Negotiated_WithoutTls_IsRefused()
    {
        var add = () => Add(Config(A) with { Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Negotiated } });

        add.Should().Throw<Exception>().WithMessage("*transport_socket*must be TLS*");
    }

    [Test]
    public void Ping_IsNotAnswered_ClosesTheConnection()
    {
        var keepalive = new Http2KeepaliveConfig { Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(2), JitterPercent = 0 };
        var upstream = Listen(config => config with { Http = Http2() with { Http2 = new Http2Config { Keepalive = keepalive } } });
        var request = Send();
        var peer = upstream.Accept();
        peer.Expect("1?");

        Runtime.Advance(TimeSpan.FromSeconds(10));
        peer.Expect("ping ").Send("pong\n");
        Runtime.Advance(TimeSpan.FromSeconds(10));
        peer.Expect("ping ");
        request.ResetBy.Should().BeNull();
        Runtime.Advance(TimeSpan.FromSeconds(2));

        request.ResetBy.Should().Be(StreamResetReason.ConnectionTermination);
        peer.ExpectEnd();
    }

    private static UpstreamHttpConfig Http2(int max = 1024) => new()
    {
        Protocol = UpstreamProtocol.Http2,
        Http2 = new Http2Config { MaxConcurrentStreams = max },
    };

    private TestUpstream Listen(Func<ClusterConfig, ClusterConfig>? change = null)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        var config = Config(A) with { Http = Http2() };
        Add(change is null ? config : change(config));
        return upstream;
    }

    // All at once: none finds a connection.
    private LineCodec.Request[] SendMany(int count)
    {
        var requests = Enumerable.Range(0, count).Select(_ => new LineCodec.Request()).ToArray();
        Runtime.Run(Worker, () =>
        {
            foreach (var request in requests)
            {
                request.Ticket = Cluster.NewRequest(Choose()!, default, request, request);
            }
        });
        return requests;
    }
}
