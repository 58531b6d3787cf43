using System.Text;
using Proxy.Connections;
using Proxy.Testing;

namespace Proxy.Core.Tests.Connections;

[TestFixture]
public sealed class ConnectionWriteTests : SimulatedFixture
{
    private readonly RecordingHandler _handler = new();
    private readonly ScriptedConnection _connection;

    public ConnectionWriteTests()
    {
        _connection = new ScriptedConnection(Worker);
        _connection.Start(_handler);
    }

    private string SentText => Encoding.Latin1.GetString([.. _connection.Sent]);

    [TearDown]
    public void Close()
    {
        _connection.Close(CloseMode.Immediate);
        Worker.RunDeferred();
    }

    [Test]
    public void Write_SmallOnes_LeaveTogetherWhenTheCallbackUnwinds()
    {
        _connection.Write("head "u8);
        _connection.Write("body"u8);
        _connection.Sent.Should().BeEmpty();

        Worker.RunDeferred();

        SentText.Should().Be("head body");
        _connection.SendSizes.Should().Equal(9);
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Write_LargeBehindSmall_LeavesInOneSendWithoutWaiting()
    {
        _connection.Write("head"u8);
        _connection.Write(new byte[100_000]);

        _connection.SendSizes.Should().Equal(100_004);
        _connection.BytesSent.Should().Be(100_004);
    }

    [Test]
    public void Write_TransportTakesPart_QueuesTheRestInOrder()
    {
        _connection.Room = 2;
        _connection.Write("head"u8);
        _connection.Write(Encoding.Latin1.GetBytes(new string('x', 50_000)));
        _connection.Write("tail"u8);
        Worker.RunDeferred();
        _connection.PendingBytes.Should().Be(50_006);

        _connection.Writable(10_000);
        _connection.Writable();

        SentText.Should().Be("head" + new string('x', 50_000) + "tail");
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Write_MoreThanTheLimit_RaisesTheWatermarkOnceAndLowersItAtHalf()
    {
        _connection.Room = 0;
        _connection.BufferLimit = 10_000;
        _connection.Write(new byte[10_000]);
        _handler.Events.Should().BeEmpty();

        _connection.Write(new byte[1]);
        _connection.Write(new byte[1]);
        _handler.Events.Should().Equal("high");

        _connection.Writable(5000);
        _handler.Events.Should().Equal("high");
        _connection.Writable(10);
        _handler.Events.Should().Equal("high", "low");
    }

    [Test]
    public void Write_NoLimit_RaisesNoWatermark()
    {
        _connection.Room = 0;
        _connection.BufferLimit = 0;
        _connection.Write(new byte[3_000_000]);

        _handler.Events.Should().BeEmpty();
    }

    [Test]
    public void Write_HandlerWritesFromTheLowWatermark_KeepsTheOrder()
    {
        _connection.Room = 0;
        _connection.BufferLimit = 10;
        _handler.On = (connection, what) =>
        {
            if (what == "low")
            {
                connection.Write("more"u8);
            }
        };
        _connection.Write("aaaaaaaaaaaaaaaa"u8);

        _connection.Writable();

        SentText.Should().Be("aaaaaaaaaaaaaaaamore");
    }

    [Test]
    public void Write_HandlerClosesFromTheLowWatermark_SendsNothingMore()
    {
        _connection.Room = 0;
        _connection.BufferLimit = 10;
        _handler.On = (connection, what) =>
        {
            if (what == "low")
            {
                connection.Close(CloseMode.Immediate);
            }
        };
        _connection.Write("aaaaaaaaaaaaaaaa"u8, endStream: true);
        Worker.RunDeferred();

        _connection.Writable();

        _connection.EndSent.Should().BeFalse();
        _handler.Events.Should().Equal("high", "low", "closed");
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Write_EndStream_SendsFinBehindTheLastByteAndDropsWhatFollows()
    {
        _connection.HalfCloseEnabled = true;
        _connection.Room = 1;
        _connection.Write("ab"u8, endStream: true);
        _connection.Write("c"u8);
        Worker.RunDeferred();
        _connection.EndSent.Should().BeFalse();

        _connection.Writable();

        SentText.Should().Be("ab");
        _connection.EndSent.Should().BeTrue();
        _connection.State.Should().Be(ConnectionState.Open);
    }

    [Test]
    public void Write_TransportBroken_ClosesWithTheTransportsReason()
    {
        _connection.Broken = true;
        _connection.Write(new byte[10_000]);
        _connection.Write("more"u8);
        _handler.Events.Should().BeEmpty("the owner is not called from inside its own call");
        Worker.RunDeferred();

        _handler.Events.Should().Equal("closed");
        _handler.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [Test]
    public void Write_WhileConnecting_IsSentWhenConnected()
    {
        var connection = new ScriptedConnection(Worker, ConnectionState.Connecting);
        connection.Start(_handler);
        connection.Write(new byte[10_000]);
        connection.Write("!"u8, endStream: true);
        Worker.RunDeferred();
        connection.Sent.Should().BeEmpty();

        connection.Connected();

        connection.Sent.Should().HaveCount(10_001);
        connection.EndSent.Should().BeTrue();
        connection.Close(CloseMode.Reset);
    }
}
