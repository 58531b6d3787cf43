using Proxy.Connections;
using Proxy.Testing;

namespace Proxy.Core.Tests.Connections;

[TestFixture]
public sealed class ConnectionCloseTests : SimulatedFixture
{
    private readonly RecordingHandler _handler = new();
    private readonly ScriptedConnection _connection;

    public ConnectionCloseTests()
    {
        _connection = new ScriptedConnection(Worker);
        _connection.Start(_handler);
    }

    [Test]
    public void Close_FromOnData_TellsTheOwnerAfterItsCall()
    {
        _handler.Consume = (connection, count) =>
        {
            connection.Close(CloseMode.Immediate, "why");
            _handler.Events.Should().BeEmpty();
            return count;
        };

        _connection.Receive("x"u8);

        _handler.Events.Should().Equal("data", "closed");
        _handler.Closed.Should().Be(new CloseReason(CloseOrigin.Local, CloseKind.Graceful, "why"));
    }

    [Test]
    public void Close_SeveralReasons_TheFirstWins()
    {
        _connection.Room = 0;
        _connection.Write("x"u8);
        _connection.Close(CloseMode.Flush, "first");
        _connection.Close(CloseMode.Reset, "second");
        _connection.Fail(CloseReason.RemoteReset);

        _handler.Closed!.Value.Details.Should().Be("first");
        _connection.ClosedWithReset.Should().BeTrue("the later call hurries");
        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_Flush_SendsTheQueueThenCloses()
    {
        _connection.Room = 1;
        _connection.Write("bye"u8);
        _connection.Close(CloseMode.Flush);
        Worker.RunDeferred();
        _connection.State.Should().Be(ConnectionState.Closing);
        _connection.Write("dropped"u8);

        _connection.Writable();

        _connection.Sent.Should().Equal("bye"u8.ToArray());
        _connection.ClosedWithReset.Should().BeFalse();
        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_FlushWhilePeerGoesOnSending_DropsItsBytes()
    {
        _connection.Room = 0;
        _connection.Write("bye"u8);
        _connection.Close(CloseMode.Flush);
        Worker.RunDeferred();

        _connection.Receive(new byte[50_000]).Should().BeTrue();

        _handler.Count.Should().Be(0);
        _connection.Writable();
        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_FlushAndPeerTakesNothing_GivesUpAfterTheTimeout()
    {
        _connection.Room = 0;
        _connection.Write("bye"u8);
        _connection.Close(CloseMode.Flush);
        Runtime.Advance(999);
        _handler.Closed.Should().BeNull();

        Runtime.Advance(1);

        _handler.Closed.Should().NotBeNull();
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Close_FlushAndPeerReadsSlowly_GetsAllOfIt()
    {
        _connection.Room = 0;
        _connection.Write(new byte[1000]);
        _connection.Close(CloseMode.Flush);
        for (var i = 0; i < 9; i++)
        {
            Runtime.Advance(900);
            _connection.Writable(100);
        }

        _handler.Closed.Should().BeNull("every byte taken renews the time");
        Runtime.Advance(900);
        _connection.Writable(100);

        _connection.Sent.Should().HaveCount(1000);
        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_FlushAndDelay_WaitsForThePeersFin()
    {
        _connection.Write("answer"u8);
        _connection.Close(CloseMode.FlushAndDelay);
        Runtime.Advance(500);
        _connection.Sent.Should().HaveCount(6);
        _connection.State.Should().Be(ConnectionState.Closing);

        _connection.ReceiveEnd();

        _handler.Events.Should().Equal("closed");
        _handler.Closed.Should().Be(CloseReason.LocalClose);
    }

    [Test]
    public void Close_FlushAndDelayAndPeerStays_ClosesAfterTheTimeout()
    {
        _connection.DelayedCloseTimeout = 2000;
        _connection.Close(CloseMode.FlushAndDelay);
        Runtime.Advance(1999);
        _handler.Closed.Should().BeNull();

        Runtime.Advance(1);

        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_FlushAndDelayWithoutTimeout_ClosesWhenFlushed()
    {
        _connection.DelayedCloseTimeout = 0;
        _connection.Close(CloseMode.FlushAndDelay);
        Worker.RunDeferred();

        _handler.Events.Should().Equal("closed");
    }

    [Test]
    public void Close_WhileConnecting_IsImmediate()
    {
        var connection = new ScriptedConnection(Worker, ConnectionState.Connecting);
        connection.Start(_handler);
        connection.Write("never sent"u8);

        connection.Close(CloseMode.Flush);
        Worker.RunDeferred();
        connection.Connected();

        _handler.Events.Should().Equal("closed");
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Connect_NotUpInTime_FailsWithConnectTimeout()
    {
        var connection = new ScriptedConnection(Worker, ConnectionState.Connecting);
        connection.Start(_handler);
        connection.LimitConnectTime(250);
        Runtime.Advance(249);
        _handler.Closed.Should().BeNull();

        Runtime.Advance(1);

        _handler.Closed!.Value.Kind.Should().Be(CloseKind.ConnectTimeout);
    }

    [Test]
    public void Connect_UpInTime_IsNotClosedByTheTimeout()
    {
        var connection = new ScriptedConnection(Worker, ConnectionState.Connecting);
        connection.Start(_handler);
        connection.LimitConnectTime(250);
        connection.Connected();

        Runtime.Advance(1000);

        _handler.Events.Should().Equal("connected");
    }

    [Test]
    public void ReadDisable_OnAClosedConnection_ChangesNothing()
    {
        _connection.Close(CloseMode.Immediate);

        _connection.ReadDisable(false);

        _connection.IsReadDisabled.Should().BeFalse();
    }
}
