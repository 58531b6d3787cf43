using Proxy.Configuration.Clusters;
using Proxy.Connections.InMemory;
using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

public sealed class TcpProxyStreamTests : TcpProxyFixture
{
    private TestUpstream _upstream = null!;

    [SetUp]
    public void Start()
    {
        _upstream = TestUpstream.Listen(Runtime, A);
        Cluster("app", A);
    }

    [Test]
    public void HalfClose_ClientFirst_AnswerStillComes()
    {
        Listen();
        var client = Connect();
        var server = _upstream.Accept();

        client.Send("question").SendEnd();
        server.Expect("question").ExpectEnd();
        client.Closed.Should().BeNull();
        server.Send("answer");
        client.Expect("answer");
        server.SendEnd();

        client.ExpectEnd();
        client.Closed.Should().NotBeNull();
        server.Closed.Should().NotBeNull();
        Log.Lines.Should().Equal("TcpConnectionEnd|None|8|6|6|8|app|10.0.0.1:80|1|");
    }

    [Test]
    public void HalfClose_ServerFirst_RequestStillGoes()
    {
        Listen();
        var client = Connect();
        var server = _upstream.Accept();

        server.Send("banner").SendEnd();
        client.Expect("banner").ExpectEnd();
        server.Closed.Should().BeNull();
        client.Send("late").SendEnd();

        server.Expect("late").ExpectEnd();
        client.Closed.Should().NotBeNull();
        server.Closed.Should().NotBeNull();
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void HalfClose_BeforeTheUpstreamIsUp_IsPassedOn()
    {
        Listen();
        _upstream.SetAccepting(false);
        var client = Connect();
        client.Send("all of it").SendEnd();

        _upstream.SetAccepting(true);

        _upstream.Accept().Expect("all of it").ExpectEnd();
    }

    [Test]
    public void HalfClose_ServerReadsSlowly_GetsEverythingAllTheSame()
    {
        Listen();
        var client = Connect();
        var server = _upstream.Accept().PauseReading();
        client.Send(new byte[400_000]).SendEnd();
        server.SendEnd();

        server.ResumeReading();

        server.TotalReceived.Should().Be(400_000);
        server.ExpectEnd();
    }

    [Test]
    public void Reset_ByTheServer_ReachesTheClient()
    {
        Listen();
        var client = Connect();
        client.Send("x");

        _upstream.Accept().Reset();

        client.ExpectReset();
        Log.Lines.Single().Should().StartWith("TcpConnectionEnd|UpstreamRemoteReset|1|0|");
        Stat("cluster.app.upstream_cx_destroy_remote").Should().Be(1);
    }

    [Test]
    public void Reset_ByTheClient_ReachesTheServer()
    {
        Listen();
        var client = Connect();
        client.Send("x");
        var server = _upstream.Accept();

        client.Reset();

        server.ExpectReset();
        Log.Lines.Should().Equal("TcpConnectionEnd|None|1|0|0|1|app|10.0.0.1:80|1|");
        Stat("cluster.app.upstream_cx_destroy_local").Should().Be(1);
        Stat("cluster.app.upstream_cx_destroy_remote").Should().Be(0);
    }

    [Test]
    public void SlowClient_Download_IsBoundedAndWhole()
    {
        Cluster(new ClusterConfig { Name = "app", BufferLimit = 16 * 1024 }, A);
        Listen();
        var client = Connect();
        Accepted.Single().BufferLimit = 16 * 1024;
        client.PauseReading();
        var server = _upstream.Accept();

        server.Send(new byte[3_000_000]);

        Accepted.Single().PendingBytes.Should().BeLessThan(16 * 1024 + 300 * 1024, "a limit and at most one read beyond it are kept");
        server.Connection.PendingBytes.Should().BeGreaterThan(2_000_000, "the server has to wait");
        Stat("cluster.app.upstream_flow_control_paused_reading_total").Should().BeGreaterThan(0);
        client.ResumeReading();
        client.TotalReceived.Should().Be(3_000_000);
        Stat("cluster.app.upstream_flow_control_resumed_reading_total").Should().Be(Stat("cluster.app.upstream_flow_control_paused_reading_total"));
        Stat("tcp.t.downstream_flow_control_paused_reading_total").Should().Be(0);
    }

    [Test]
    public void SlowServer_Upload_IsBoundedAndWhole()
    {
        Cluster(new ClusterConfig { Name = "app", BufferLimit = 16 * 1024 }, A);
        Listen();
        var client = Connect();
        var server = _upstream.Accept().PauseReading();

        client.Send(new byte[3_000_000]);

        client.Connection.PendingBytes.Should().BeGreaterThan(2_000_000, "the client has to wait");
        Stat("tcp.t.downstream_flow_control_paused_reading_total").Should().BeGreaterThan(0);
        server.ResumeReading();
        server.TotalReceived.Should().Be(3_000_000);
    }

    [Test]
    public void Bytes_InAnyPieces_ArriveAsTheyWere()
    {
        Runtime.Network.Segmentation = Segmentation.ByteByByte;
        Listen();
        var client = Connect();

        client.Send("to the server").SendEnd();
        var server = _upstream.Accept().Expect("to the server").ExpectEnd();
        server.Send("to the client").SendEnd();

        client.Expect("to the client").ExpectEnd();
    }

    [Test]
    public void ClientGone_WhatItSentIsStillDelivered()
    {
        Cluster(new ClusterConfig { Name = "app", BufferLimit = 16 * 1024 }, A);
        Listen();
        var client = Connect();
        var server = _upstream.Accept().PauseReading();
        client.Send(new byte[200_000]);
        server.SendEnd();
        client.SendEnd();

        server.ResumeReading();

        server.TotalReceived.Should().Be(200_000);
    }
}
