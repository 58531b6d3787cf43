using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Contract;

public abstract partial class WorkerContractTests
{
    [Test]
    public void Fin_WithoutHalfClose_ClosesAfterTheData()
    {
        var server = new RecordingHandler();
        var (_, address) = Serve(_ => server);
        var client = Connect(address, new RecordingHandler(), connection => connection.Write("bye"u8, endStream: true));

        Harness.Until(() => server.Closed is not null && client.State == ConnectionState.Closed, "the close");
        server.Events.Should().Equal("data", "closed");
        server.Text.Should().Be("bye");
        server.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void Fin_WithHalfClose_EndsOneDirectionOnly()
    {
        var server = new RecordingHandler { On = (connection, what) => AnswerAtTheEnd(connection, what) };
        var (_, address) = Serve(connection =>
        {
            connection.HalfCloseEnabled = true;
            return server;
        });
        var client = new RecordingHandler();
        Connect(address, client, connection =>
        {
            connection.HalfCloseEnabled = true;
            connection.Write("question"u8, endStream: true);
        });

        Harness.Until(() => server.Closed is not null && client.Closed is not null, "both ends");
        server.Text.Should().Be("question");
        client.Text.Should().Be("answer");
        client.Events.Should().EndWith(["end", "closed"]);
        client.Closed!.Value.Kind.Should().Be(CloseKind.Graceful);
        server.Closed!.Value.Kind.Should().Be(CloseKind.Graceful);

        static void AnswerAtTheEnd(Connection connection, string what)
        {
            if (what == "end")
            {
                connection.Write("answer"u8, endStream: true);
            }
        }
    }

    [Test]
    public void CloseReset_IsSeenAsReset()
    {
        var (accepted, address) = Serve(_ => new RecordingHandler());
        var client = new RecordingHandler();
        Connect(address, client);
        Harness.Until(() => accepted.Connections.Count == 1 && client.Events.Count == 1, "the connection");

        Harness.Run(() => accepted.Connections[0].Close(CloseMode.Reset));

        Harness.Until(() => client.Closed is not null, "the reset");
        client.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [Test]
    public void CloseFlush_WithMuchQueued_SendsAllOfIt()
    {
        const int Total = 3 * 1024 * 1024;
        var (_, address) = Serve(connection =>
        {
            connection.Write(new byte[Total]);
            connection.Close(CloseMode.Flush);
            return new RecordingHandler();
        });
        var client = new RecordingHandler { Discard = true };

        Connect(address, client);

        Harness.Until(() => client.Closed is not null, "the close");
        client.Count.Should().Be(Total);
        client.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void CloseFlushAndDelay_PeerStillSends_GetsTheAnswerAndFin()
    {
        var server = new RecordingHandler();
        var (_, address) = Serve(_ => server);
        server.On = (connection, what) =>
        {
            if (what == "data")
            {
                connection.Write("no"u8);
                connection.Close(CloseMode.FlushAndDelay);
            }
        };
        var client = new RecordingHandler();
        client.On = (connection, what) =>
        {
            if (what == "data")
            {
                connection.Write(new byte[100_000]);
                connection.Close(CloseMode.Flush);
            }
        };

        Connect(address, client, connection => connection.Write("first"u8));

        Harness.Until(() => client.Closed is not null && server.Closed is not null, "both closes");
        client.Text.Should().Be("no");
        client.Closed!.Value.Kind.Should().Be(CloseKind.Graceful);
        server.Text.Should().Be("first");
        server.Closed.Should().Be(CloseReason.LocalClose);
    }

    [Test]
    public void CloseFlushAndDelay_PeerNeverCloses_EndsWithTheTimeout()
    {
        var server = new RecordingHandler();
        var (_, address) = Serve(connection =>
        {
            connection.DelayedCloseTimeout = 30;
            connection.Write("no"u8);
            connection.Close(CloseMode.FlushAndDelay);
            return server;
        });
        var client = new RecordingHandler();

        Connect(address, client);

        Harness.Until(() => server.Closed is not null && client.Closed is not null, "the timeout");
        client.Text.Should().Be("no");
    }

    [Test]
    public void Close_InsideOnData_IsToldAfterwardsAndOnce()
    {
        var inside = false;
        var server = new RecordingHandler();
        server.Consume = (connection, count) =>
        {
            connection.Close(CloseMode.Immediate, "first");
            connection.Close(CloseMode.Reset, "second");
            inside = server.Closed is not null;
            return count;
        };
        var (_, address) = Serve(_ => server);
        var client = new RecordingHandler();

        Connect(address, client, connection => connection.Write("x"u8));

        Harness.Until(() => server.Closed is not null && client.Closed is not null, "the close");
        Harness.Wait(5);
        inside.Should().BeFalse();
        server.Events.Should().Equal("data", "closed");
        server.Closed!.Value.Details.Should().Be("first");
    }

    [Test]
    public void Answer_SentBeforeAReset_IsStillRead()
    {
        var (_, address) = Serve(connection =>
        {
            connection.Write("too much"u8);
            connection.Close(CloseMode.Flush);
            return new RecordingHandler();
        });
        var client = new RecordingHandler();

        Connect(address, client, connection => connection.Write(new byte[2 * 1024 * 1024]));

        Harness.Until(() => client.Closed is not null, "the close");
        client.Text.Should().Be("too much");
    }

    [Test]
    public virtual void EarlyClose_WhileAnAcceptedConnectionIsPaused_EndsIt()
    {
        var server = new RecordingHandler();
        var (accepted, address) = Serve(_ => server);
        var client = Connect(address, new RecordingHandler());
        Harness.Until(() => accepted.Connections.Count == 1 && client.State == ConnectionState.Open, "the connection");
        Harness.Run(() => accepted.Connections[0].ReadDisable(true));

        Harness.Run(() => client.Close(CloseMode.Flush));

        Harness.Until(() => server.Closed is not null, "the early close");
        server.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void EarlyClose_OfAPausedOutgoingConnection_WaitsForItsReader()
    {
        var (accepted, address) = Serve(_ => new RecordingHandler());
        var handler = new RecordingHandler();
        var client = Connect(address, handler, connection => connection.ReadDisable(true));
        Harness.Until(() => accepted.Connections.Count == 1 && client.State == ConnectionState.Open, "the connection");

        Harness.Run(() =>
        {
            accepted.Connections[0].Write("answer"u8);
            accepted.Connections[0].Close(CloseMode.Flush);
        });
        Harness.Wait(20);
        handler.Closed.Should().BeNull();
        Harness.Run(() => client.ReadDisable(false));

        Harness.Until(() => handler.Closed is not null, "the close");
        handler.Text.Should().Be("answer");
    }

    [Test]
    public void IdleConnections_HoldNoBuffers()
    {
        var (_, address) = Serve(_ => new EchoHandler());
        var client = new RecordingHandler();
        Connect(address, client, connection => connection.Write("x"u8));

        Harness.Until(() => client.Text == "x", "the echo");
        Harness.Until(() => Worker.Buffers.Outstanding == 0, "the buffers to come back");
    }

    [Test]
    public void ListenSocket_NotAccepting_ConnectionsWait()
    {
        var accepted = new AcceptHandler(_ => new EchoHandler());
        IListenSocket socket = null!;
        Harness.Run(() =>
        {
            socket = Worker.Listen(new ListenRequest(Harness.Free), accepted);
            socket.SetAccepting(false);
        });
        var client = new RecordingHandler();
        Harness.Run(() => Worker.Connect(new ConnectRequest(socket.LocalEndPoint), client).Write("x"u8));
        Harness.Until(() => client.Events.Contains("connected"), "the connection");
        Harness.Wait(20);
        accepted.Connections.Should().BeEmpty();

        Harness.Run(() => socket.SetAccepting(true));

        Harness.Until(() => client.Text == "x", "the echo");
    }

    [Test]
    public void ListenSocket_Closed_RefusesButKeepsConnections()
    {
        var accepted = new AcceptHandler(_ => new EchoHandler(), Accept);
        IListenSocket socket = null!;
        Harness.Run(() => socket = Worker.Listen(new ListenRequest(Harness.Free), accepted));
        var kept = new RecordingHandler();
        var connection = Connect(socket.LocalEndPoint, kept);
        Harness.Until(() => accepted.Connections.Count == 1, "the connection");

        Harness.Run(socket.Close);

        var refused = new RecordingHandler();
        Connect(socket.LocalEndPoint, refused);
        Harness.Until(() => refused.Closed is not null, "the refusal");
        refused.Closed!.Value.Kind.Should().Be(CloseKind.ConnectFailed);
        Harness.Run(() => connection.Write("still here"u8));
        Harness.Until(() => kept.Text == "still here", "the echo");
    }
}
