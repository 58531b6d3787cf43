using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Testing;

namespace Proxy.Core.Tests.Connections;

[TestFixture]
public sealed class ConnectionReadTests : SimulatedFixture
{
    private readonly RecordingHandler _handler = new();
    private readonly ScriptedConnection _connection;

    public ConnectionReadTests()
    {
        _connection = new ScriptedConnection(Worker);
        _connection.Start(_handler);
    }

    [TearDown]
    public void Close()
    {
        _connection.Close(CloseMode.Immediate);
        Worker.RunDeferred();
    }

    [Test]
    public void Receive_AllConsumed_HoldsNoBuffer()
    {
        _connection.Receive("hello"u8);

        _handler.Text.Should().Be("hello");
        Worker.Buffers.Outstanding.Should().Be(0);
        _connection.BytesReceived.Should().Be(5);
    }

    [Test]
    public void Receive_PartConsumed_OffersTheRestInFrontOfWhatFollows()
    {
        var offered = new List<int>();
        _handler.Consume = (_, count) =>
        {
            offered.Add(count);
            return count < 6 ? 0 : 3;
        };

        _connection.Receive("abcd"u8);
        _connection.Receive("efgh"u8);
        _connection.Receive("i"u8);

        offered.Should().Equal(4, 8, 6);
        _handler.Text.Should().Be("abcdef");
    }

    [Test]
    public void Receive_HandlerClaimsMoreThanItWasGiven_IsABugThatShows()
    {
        _handler.Consume = (_, count) => count + 1;
        var handler = new DeafHandler { Used = 100 };
        _connection.Start(handler);

        var act = () => _connection.Receive("abc"u8);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void ReadDisable_Twice_NeedsTwoEnables()
    {
        _connection.ReadDisable(true);
        _connection.ReadDisable(true);
        _connection.ReadDisable(false);
        _connection.Receive("x"u8).Should().BeFalse();
        _connection.IsReadDisabled.Should().BeTrue();

        _connection.ReadDisable(false);

        _connection.Receive("x"u8).Should().BeTrue();
        _connection.ReadInterest.Should().Equal(false, true);
    }

    [Test]
    public void ReadDisable_EnabledMoreOftenThanDisabled_Throws()
    {
        var act = () => _connection.ReadDisable(false);

        act.Should().Throw<InvalidOperationException>();
        _connection.ReadDisable(true);
    }

    [Test]
    public void ReadDisable_FromTheHandler_KeepsTheRestUntilEnabled()
    {
        _handler.Consume = (connection, count) =>
        {
            if (_handler.Events.Count == 0)
            {
                connection.ReadDisable(true);
                return 2;
            }

            return count;
        };
        _connection.Receive("abcd"u8);
        _connection.Receive("ef"u8).Should().BeFalse();
        _handler.Text.Should().Be("ab");

        _connection.ReadDisable(false);
        _handler.Text.Should().Be("ab", "nothing is delivered inside a call");
        Worker.RunDeferred();

        _handler.Text.Should().Be("abcd");
    }

    [Test]
    public void Receive_NothingConsumed_StopsAtTheLimitAndGoesOnWhenConsumed()
    {
        _connection.BufferLimit = 100_000;
        _handler.Consume = (_, _) => 0;
        var chunk = new byte[10_000];
        var taken = 0;
        while (_connection.Receive(chunk))
        {
            taken += chunk.Length;
        }

        taken.Should().BeInRange(100_000 - chunk.Length, 200_000);
        _connection.Wanted.Should().BeFalse();
        _connection.ReadInterest.Should().Equal(false);

        _handler.Consume = null;
        _connection.Redeliver();
        Worker.RunDeferred();

        _connection.Wanted.Should().BeTrue();
        _connection.ReadInterest.Should().Equal(false, true);
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void Receive_BulkTransfer_ReadsMoreAtATimeUpToTheLimit()
    {
        _connection.NextReadSize().Should().Be(BufferPool.BlockSize);
        for (var i = 0; i < 10; i++)
        {
            _connection.Receive(new byte[_connection.NextReadSize()]);
        }

        _connection.NextReadSize().Should().Be(256 * 1024);

        _connection.Receive("small again"u8);
        _connection.NextReadSize().Should().Be(BufferPool.BlockSize);
    }

    [Test]
    public void Receive_BulkTransferToASmallBuffer_ReadsNoMoreThanThat()
    {
        _connection.BufferLimit = 32 * 1024;
        for (var i = 0; i < 10; i++)
        {
            _connection.Receive(new byte[_connection.NextReadSize()]);
        }

        _connection.NextReadSize().Should().Be(32 * 1024);
    }

    [Test]
    public void ReceiveEnd_WithoutHalfClose_ClosesBehindTheLastBytes()
    {
        _connection.Receive("bye"u8);
        _connection.ReceiveEnd();

        _handler.Events.Should().Equal("data", "closed");
        _handler.Closed.Should().Be(CloseReason.RemoteClose);
        _connection.ClosedWithReset.Should().BeFalse();
    }

    [Test]
    public void ReceiveEnd_WhileReadDisabled_WaitsUntilTheHandlerHasHadTheBytes()
    {
        _handler.Consume = (connection, count) =>
        {
            if (_handler.Events.Count == 0)
            {
                connection.ReadDisable(true);
                return 0;
            }

            return count;
        };
        _connection.Receive("last words"u8);
        _connection.ReceiveEnd();
        _connection.State.Should().Be(ConnectionState.Open);

        _connection.ReadDisable(false);
        Worker.RunDeferred();

        _handler.Text.Should().Be("last words");
        _handler.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void ReceiveEnd_WithHalfClose_LeavesTheOtherDirectionOpen()
    {
        _connection.HalfCloseEnabled = true;
        _connection.ReceiveEnd();
        _handler.Events.Should().Equal("end");

        _connection.Write("answer"u8, endStream: true);
        Worker.RunDeferred();

        _connection.Sent.Should().Equal("answer"u8.ToArray());
        _connection.EndSent.Should().BeTrue();
        _handler.Closed.Should().Be(CloseReason.LocalClose);
    }

    [Test]
    public void ReceiveEnd_BothDirectionsEndedButBytesNotConsumed_StaysUntilTheyAre()
    {
        _connection.HalfCloseEnabled = true;
        _handler.Consume = (_, _) => 0;
        _connection.Receive("rest"u8);
        _connection.Write(default, endStream: true);
        Worker.RunDeferred();
        _connection.ReceiveEnd();
        _connection.State.Should().Be(ConnectionState.Open);

        _handler.Consume = null;
        _connection.Redeliver();
        Worker.RunDeferred();

        _handler.Text.Should().Be("rest");
        _handler.Events.Should().Equal("data", "data", "end", "data", "end", "closed");
    }

    [Test]
    public void ReceiveEnd_WhileReadDisabledAndOwnEndSent_LosesNoByte()
    {
        _connection.HalfCloseEnabled = true;
        _handler.Consume = (connection, count) =>
        {
            connection.ReadDisable(true);
            return 0;
        };
        _connection.Receive("rest"u8);
        _connection.ReceiveEnd();
        _connection.Write(default, endStream: true);
        Worker.RunDeferred();
        _connection.State.Should().Be(ConnectionState.Open);

        _handler.Consume = null;
        _connection.ReadDisable(false);
        Worker.RunDeferred();

        _handler.Text.Should().Be("rest");
        _handler.Events.Should().EndWith(["end", "closed"]);
    }

    [Test]
    public void Start_NewOwner_GetsWhatTheFormerLeft()
    {
        _handler.Consume = (_, _) => 2;
        _connection.Receive("abcd"u8);
        var next = new RecordingHandler();

        _connection.Start(next);
        Worker.RunDeferred();
        _connection.Receive("e"u8);

        next.Text.Should().Be("cde");
    }

    [Test]
    public void OnData_Throws_ResetsTheConnectionAndLetsTheBugShow()
    {
        _connection.Start(new RecordingHandler { Consume = (_, _) => throw new InvalidOperationException("boom") });

        var act = () => _connection.Receive("x"u8);

        act.Should().Throw<InvalidOperationException>();
        _connection.State.Should().Be(ConnectionState.Closed);
        _connection.CloseReason!.Value.Details.Should().Be("unhandled_exception");
        Worker.RunDeferred();
        Worker.Buffers.Outstanding.Should().Be(0);
    }

    [Test]
    public void DetectEarlyClose_ByDefault_IsForAcceptedConnectionsOnly()
    {
        _connection.DetectEarlyClose.Should().BeTrue();
        new ScriptedConnection(Worker, ConnectionState.Connecting).DetectEarlyClose.Should().BeFalse();
    }

    private sealed class DeafHandler : IConnectionHandler
    {
        public int Used { get; init; }

        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => Used;

        public void OnAboveHighWatermark(Connection connection)
        {
        }

        public void OnBelowLowWatermark(Connection connection)
        {
        }

        public void OnClosed(Connection connection, CloseReason reason)
        {
        }
    }
}
