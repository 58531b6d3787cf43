using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

public sealed class TcpProxyConnectTests : TcpProxyFixture
{
    [Test]
    public void Connection_HostIsUp_BytesGoBothWays()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster("app", A);
        Listen();
        var client = Connect();

        client.Send("hello");
        var server = upstream.Accept().Expect("hello").Send("good day");

        client.Expect("good day");
        server.Close();
        client.ExpectEnd();
        Stat("tcp.t.downstream_cx_total").Should().Be(1);
        Stat("tcp.t.downstream_cx_rx_bytes_total").Should().Be(5);
        Stat("tcp.t.downstream_cx_tx_bytes_total").Should().Be(8);
        Stat("cluster.app.upstream_cx_total").Should().Be(1);
        Stat("cluster.app.upstream_cx_rx_bytes_total").Should().Be(8);
        Stat("cluster.app.upstream_cx_tx_bytes_total").Should().Be(5);
        Stat("cluster.app.upstream_rq_total").Should().Be(1);
    }

    [TestCase(null, "", true)]
    [TestCase(5L, "12345", false)]
    [TestCase(5L, "123456", true)]
    public void Early_BytesBeforeTheUpstreamIsUp_AreReadUpToTheirLimit(long? limit, string bytes, bool stops)
    {
        Runtime.Network.BlackHole(A);
        Cluster("app", A);
        Listen(ToApp with { MaxEarlyBytes = limit });

        Connect().Send(bytes);

        Accepted[0].IsReadDisabled.Should().Be(stops);
    }

    [Test]
    public void Connection_HashPolicy_SendsTheSameClientToTheSameHost()
    {
        var a = TestUpstream.Listen(Runtime, A);
        var b = TestUpstream.Listen(Runtime, B);
        Cluster(new ClusterConfig { Name = "app", Policy = LoadBalancingPolicy.RingHash }, A, B);
        Listen(ToApp with { HashPolicy = new SourceIpHashConfig() });

        for (var i = 0; i < 8; i++)
        {
            Connect();
        }

        Math.Max(a.Connections, b.Connections).Should().Be(8);
        Math.Min(a.Connections, b.Connections).Should().Be(0);
    }

    [Test]
    public void Connection_ServerSpeaksFirst_ClientHearsIt()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster("app", A);
        Listen();
        var client = Connect();

        upstream.Accept().Send("220 ready");

        client.Expect("220 ready");
    }

    [Test]
    public void Connection_UpstreamIsNotUpYet_ClientIsNotRead()
    {
        Runtime.Network.BlackHole(A);
        Cluster("app", A);
        Listen();
        var client = Connect();

        client.Send("early");

        Accepted.Single().BytesReceived.Should().Be(0);
        Accepted.Single().IsReadDisabled.Should().BeTrue();
    }

    [Test]
    public void Connection_NoSuchCluster_IsClosed()
    {
        Listen();

        Connect().ExpectEnd();

        Stat("tcp.t.downstream_cx_no_route").Should().Be(1);
        Log.Lines.Should().Equal("TcpConnectionEnd|NoClusterFound|0|0|0|0|app||0|");
    }

    [Test]
    public void Connection_NoHost_IsClosed()
    {
        Cluster("app");
        Listen();

        Connect().ExpectEnd();

        Stat("cluster.app.upstream_cx_none_healthy").Should().Be(1);
        Log.Lines.Single().Should().Contain("NoHealthyUpstream");
    }

    [Test]
    public void Connection_RefusedAsOftenAsAllowed_IsClosed()
    {
        Cluster("app", A);
        Listen(ToApp with { MaxConnectAttempts = 3 });

        Connect().ExpectEnd();

        Log.Lines.Should().Equal(
            "TcpConnectionEnd|UpstreamConnectionFailure, UpstreamRetryLimitExceeded|0|0|0|0|app|10.0.0.1:80|3|delayed connect error: Connection refused");
        Stat("cluster.app.upstream_cx_connect_fail").Should().Be(3);
        Stat("cluster.app.upstream_cx_total").Should().Be(3);
        Stat("cluster.app.upstream_cx_connect_attempts_exceeded").Should().Be(1);
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
    }

    [Test]
    public void Connection_FirstHostRefuses_NextIsTried()
    {
        var upstream = TestUpstream.Listen(Runtime, B);
        Cluster("app", A, B);
        Listen(ToApp with { MaxConnectAttempts = 2 });

        for (var i = 0; i < 4; i++)
        {
            var client = Connect();
            client.Send("hi");
            upstream.Accept().Expect("hi").Send("ho");
            client.Expect("ho");
        }
    }

    [Test]
    public void Connection_RefusedWithBackOff_PausesBetweenAttempts()
    {
        Cluster("app", A);
        Listen(ToApp with { MaxConnectAttempts = 3, BackOff = new BackOffConfig(TimeSpan.FromSeconds(60)) });
        var client = Connect();
        client.IsOpen.Should().BeTrue();
        Stat("cluster.app.upstream_cx_total").Should().Be(1);

        Runtime.Advance(60_000 + 120_000);

        client.ExpectEnd();
        Stat("cluster.app.upstream_cx_total").Should().Be(3);
        Log.Lines.Single().Should().Contain("UpstreamRetryLimitExceeded");
    }

    [Test]
    public void Connection_ClientGoesDuringThePause_NoFurtherAttemptIsMade()
    {
        Cluster("app", A);
        Listen(ToApp with { MaxConnectAttempts = 3, BackOff = new BackOffConfig(TimeSpan.FromSeconds(60)) });
        var client = Connect();

        client.Reset();
        Runtime.Advance(600_000);

        Stat("cluster.app.upstream_cx_total").Should().Be(1);
    }

    [Test]
    public void Connection_NoAnswerInTime_IsClosed()
    {
        Runtime.Network.BlackHole(A);
        Cluster(new ClusterConfig { Name = "app", ConnectTimeout = TimeSpan.FromMilliseconds(300) }, A);
        Listen();
        var client = Connect();
        Runtime.Advance(299);
        client.IsOpen.Should().BeTrue();

        Runtime.Advance(2);

        client.ExpectEnd();
        Log.Lines.Single().Should().StartWith("TcpConnectionEnd|UpstreamConnectionFailure, UpstreamRetryLimitExceeded|");
        Stat("cluster.app.upstream_cx_connect_timeout").Should().Be(1);
    }

    [Test]
    public void Connection_ClientGoesWhileConnecting_AttemptIsGivenUp()
    {
        Runtime.Network.BlackHole(A);
        Cluster("app", A);
        Listen();
        var client = Connect();

        client.Reset();

        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_pending_active").Should().Be(0);
        Stat("cluster.app.upstream_cx_connect_fail").Should().Be(0);
        Log.Lines.Should().ContainSingle();
    }

    [Test]
    public void Connection_LimitReached_IsClosedAndNoFaultOfTheHost()
    {
        TestUpstream.Listen(Runtime, A);
        Cluster(new ClusterConfig { Name = "app", DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } }, A);
        Listen();
        var first = Connect();

        Connect().ExpectEnd();

        Log.Lines.Single().Should().Contain("UpstreamOverflow");
        Stat("cluster.app.upstream_cx_overflow").Should().Be(1);
        Stat("cluster.app.upstream_cx_connect_fail").Should().Be(0);
        first.Reset();
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Connection_FirstConnectionGone_LimitLetsTheNextIn()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster(new ClusterConfig { Name = "app", DefaultBreaker = new CircuitBreakerConfig { MaxConnections = 1 } }, A);
        Listen();
        var first = Connect();
        upstream.Accept();
        first.Reset();

        Connect().Send("hi");

        upstream.Accept().Expect("hi");
    }

    [Test]
    public void WeightedClusters_ShareByWeight()
    {
        var a = TestUpstream.Listen(Runtime, A);
        var b = TestUpstream.Listen(Runtime, B);
        Cluster("a", A);
        Cluster("b", B);
        Listen(ToApp with { Cluster = null, WeightedClusters = [new WeightedClusterConfig("a", 1), new WeightedClusterConfig("b", 3)] });

        for (var i = 0; i < 400; i++)
        {
            Connect().Reset();
        }

        a.Connections.Should().BeInRange(70, 130);
        b.Connections.Should().Be(400 - a.Connections);
    }
}
