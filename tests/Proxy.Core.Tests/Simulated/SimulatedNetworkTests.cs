using System.Net;
using System.Net.Sockets;
using Proxy.Connections;
using Proxy.Connections.InMemory;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Simulated;

public sealed class SimulatedNetworkTests() : SimulatedFixture(workers: 2)
{
    private static readonly IPEndPoint Address = IPEndPoint.Parse("10.0.0.1:80");

    [Test]
    public void Echo_ThroughTheNetwork_ComesBack()
    {
        Worker.Listen(new ListenRequest(Address), new AcceptHandler(_ => new EchoHandler()));

        var peer = TestPeer.Connect(Runtime, Address);

        peer.Connected.Should().BeTrue();
        peer.Send("hello").Expect("hello");
    }

    [Test]
    public void Connect_NobodyListens_IsRefused()
    {
        var peer = TestPeer.Connect(Runtime, Address);

        peer.ExpectClosed(CloseKind.ConnectFailed);
        peer.Connected.Should().BeFalse();
    }

    [Test]
    public void Connect_BlackHole_TimesOut()
    {
        Runtime.Network.BlackHole(Address);
        var peer = TestPeer.Connect(Runtime, Address);
        Runtime.Advance(4999);
        peer.Closed.Should().BeNull();

        Runtime.Advance(1);

        peer.ExpectClosed(CloseKind.ConnectTimeout);
    }

    [Test]
    public void Close_ByTheServer_IsFin()
    {
        var server = Serve();
        var peer = TestPeer.Connect(Runtime, Address);

        server.Connections[0].Write("bye"u8);
        server.Connections[0].Close(CloseMode.Flush);

        peer.Expect("bye").ExpectEnd();
    }

    [Test]
    public void Reset_ByTheServer_IsReset()
    {
        var server = Serve();
        var peer = TestPeer.Connect(Runtime, Address);

        server.Connections[0].Close(CloseMode.Reset);

        peer.ExpectReset();
    }

    [Test]
    public void EarlyClose_WhileReadingIsStopped_EndsAcceptedConnectionsOnly()
    {
        var server = Serve();
        var upstream = TestUpstream.Listen(Runtime, IPEndPoint.Parse("10.0.0.2:80"));
        var answer = new RecordingHandler();
        var outgoing = Worker.Connect(new ConnectRequest(upstream.EndPoint), answer);
        var peer = TestPeer.Connect(Runtime, Address);
        var accepted = server.Connections[0];
        outgoing.ReadDisable(true);
        accepted.ReadDisable(true);

        peer.Send("in vain").Close();
        upstream.Accept().Send("the answer").Close();

        accepted.CloseReason.Should().Be(CloseReason.RemoteClose);
        answer.Closed.Should().BeNull();
        outgoing.ReadDisable(false);
        Runtime.RunUntilIdle();
        answer.Text.Should().Be("the answer");
        answer.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void Close_WithBytesUnread_ResetsAsTcpDoes()
    {
        var upstream = TestUpstream.Listen(Runtime, Address);
        var peer = TestPeer.Connect(Runtime, Address);
        var server = upstream.Accept().PauseReading();
        peer.Send("never read");

        server.Connection.Close(CloseMode.Immediate);

        peer.ExpectReset();
    }

    [Test]
    public void Write_ToAPeerThatHasClosed_DeliversItsLastWordsThenReset()
    {
        var upstream = TestUpstream.Listen(Runtime, Address);
        var peer = TestPeer.Connect(Runtime, Address).PauseReading();
        upstream.Accept().Send("last words").Close();
        peer.ResumeReading().Expect("last words").ExpectEnd();

        peer.Send("too late");

        peer.ExpectReset();
    }

    [Test]
    public void HalfClose_ClientEndsFirst_ServerMayStillAnswer()
    {
        var upstream = TestUpstream.Listen(Runtime, Address);
        var peer = TestPeer.Connect(Runtime, Address);
        var server = upstream.Accept();

        peer.Send("request").SendEnd();
        server.Expect("request").ExpectEnd();
        server.Send("answer").SendEnd();

        peer.Expect("answer").ExpectClosed(CloseKind.Graceful);
        server.ExpectClosed(CloseKind.Graceful);
    }

    [Test]
    public void SlowReader_SmallPipe_RaisesAndLowersTheWatermark()
    {
        Runtime.Network.PipeCapacity = 1000;
        var upstream = TestUpstream.Listen(Runtime, Address);
        var handler = new RecordingHandler();
        var client = Worker.Connect(new ConnectRequest(Address) { BufferLimit = 10_000 }, handler);
        var server = upstream.Accept().PauseReading();

        client.Write(new byte[15_000]);
        handler.Events.Should().EndWith("high");
        client.PendingBytes.Should().Be(14_000);
        server.ResumeReading();

        handler.Events.Should().EndWith("low");
        server.TotalReceived.Should().Be(15_000);
    }

    [Test]
    public void Segmentation_ByteByByte_EveryByteIsADelivery()
    {
        Runtime.Network.Segmentation = Segmentation.ByteByByte;
        var handler = new RecordingHandler();
        Worker.Listen(new ListenRequest(Address), new AcceptHandler(_ => handler));

        TestPeer.Connect(Runtime, Address).Send("abcd");

        handler.Events.Should().Equal("data", "data", "data", "data");
        handler.Text.Should().Be("abcd");
    }

    [Test]
    public void Segmentation_AtOffsets_CutsThere()
    {
        Runtime.Network.Segmentation = Segmentation.At(5, 2);
        var sizes = new List<int>();
        Worker.Listen(
            new ListenRequest(Address),
            new AcceptHandler(_ => new RecordingHandler { Consume = (_, count) => { sizes.Add(count); return count; } }));

        TestPeer.Connect(Runtime, Address).Send("abcdefghi");

        sizes.Should().Equal(2, 3, 4);
    }

    [Test]
    public void Listen_AddressInUse_Throws()
    {
        Worker.Listen(new ListenRequest(Address) { ReusePort = false }, new AcceptHandler(_ => new EchoHandler()));

        var act = () => Runtime.Main.Listen(new ListenRequest(Address), new AcceptHandler(_ => new EchoHandler()));

        act.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
    }

    [Test]
    public void Listen_OnTwoWorkers_ConnectionsTakeTurns()
    {
        var first = Serve(0);
        var second = Serve(1);

        for (var i = 0; i < 4; i++)
        {
            TestPeer.Connect(Runtime, Address);
        }

        first.Connections.Should().HaveCount(2);
        second.Connections.Should().HaveCount(2).And.OnlyContain(connection => connection.Worker == Runtime.Workers[1]);
    }

    [TestCase("0.0.0.0:80", false, "10.1.1.1:80", true)]
    [TestCase("[::]:80", false, "10.1.1.1:80", false)]
    [TestCase("[::]:80", true, "10.1.1.1:80", true)]
    [TestCase("[::]:80", false, "[2001:db8::1]:80", true)]
    [TestCase("0.0.0.0:80", false, "10.1.1.1:81", false)]
    public void Listen_Wildcard_TakesItsFamily(string bound, bool dualStack, string target, bool reached)
    {
        Worker.Listen(new ListenRequest(IPEndPoint.Parse(bound)) { DualStack = dualStack }, new AcceptHandler(_ => new EchoHandler()));

        TestPeer.Connect(Runtime, IPEndPoint.Parse(target)).Connected.Should().Be(reached);
    }

    [Test]
    public void Addresses_OfBothEnds_MirrorEachOther()
    {
        var server = Serve();
        var local = IPEndPoint.Parse("10.9.9.9:1234");

        var peer = TestPeer.Connect(Runtime, Address, local);

        peer.Connection.LocalEndPoint.Should().Be(local);
        server.Connections[0].RemoteEndPoint.Should().Be(local);
        server.Connections[0].LocalEndPoint.Should().Be(Address);
    }

    [Test]
    public void UnixAndNamedEndPoints_Work()
    {
        foreach (EndPoint endPoint in new EndPoint[] { new UnixDomainSocketEndPoint("/tmp/x.sock"), new InMemoryEndPoint("app") })
        {
            Worker.Listen(new ListenRequest(endPoint), new AcceptHandler(_ => new EchoHandler()));
            TestPeer.Connect(Runtime, endPoint).Send("x").Expect("x");
        }
    }

    [Test]
    public void SetAccepting_Off_ConnectionsWaitInTheBacklog()
    {
        var upstream = TestUpstream.Listen(Runtime, Address);
        upstream.SetAccepting(false);
        var peer = TestPeer.Connect(Runtime, Address).Send("early");
        upstream.Waiting.Should().Be(0);
        peer.Connected.Should().BeTrue();

        upstream.SetAccepting(true);

        upstream.Accept().Expect("early");
    }

    [Test]
    public void Close_OfTheListenSocket_ResetsTheBacklogAndRefuses()
    {
        var upstream = TestUpstream.Listen(Runtime, Address);
        upstream.SetAccepting(false);
        var waiting = TestPeer.Connect(Runtime, Address);

        upstream.Stop();

        waiting.ExpectReset();
        TestPeer.Connect(Runtime, Address).ExpectClosed(CloseKind.ConnectFailed);
    }

    private AcceptHandler Serve(int worker = 0)
    {
        var server = new AcceptHandler(_ => new RecordingHandler());
        Runtime.Workers[worker].Listen(new ListenRequest(Address), server);
        return server;
    }
}
