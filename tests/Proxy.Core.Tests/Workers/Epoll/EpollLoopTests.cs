using System.Net.Sockets;
using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture]
public sealed class EpollLoopTests : LoopbackFixture
{
    [Test]
    public async Task Post_FromManyThreads_RunsEachOnceAndInOrderPerThread()
    {
        const int Threads = 8;
        const int PerThread = 5_000;
        var seen = new List<int>[Threads];
        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                var value = i;
                Worker.Post(() => seen[number].Add(value));
            }
        })).ToList();
        for (var i = 0; i < Threads; i++)
        {
            seen[i] = [];
        }

        threads.ForEach(thread => thread.Start());
        await Until(() => seen.All(list => list.Count == PerThread));

        foreach (var list in seen)
        {
            list.Should().Equal(Enumerable.Range(0, PerThread));
        }
    }

    [Test]
    public async Task Post_FromTheWorkerItself_RunsAfterTheCallback()
    {
        var order = new List<string>();
        await On(() =>
        {
            Worker.Post(() => order.Add("posted"));
            order.Add("callback");
        });

        await Until(() => order.Count == 2);

        order.Should().Equal("callback", "posted");
    }

    [Test]
    public async Task Await_AfterAnotherThreadsWork_ComesBackToTheWorker()
    {
        var back = await await On(async () =>
        {
            await Task.Run(() => { });
            return Worker.IsCurrent;
        });

        back.Should().BeTrue();
    }

    [Test]
    public async Task Callback_Throws_IsCountedAndTheWorkerGoesOn()
    {
        Worker.Post(() => throw new InvalidOperationException("boom"));

        (await On(() => Worker.UnhandledExceptions)).Should().Be(1);
    }

    [Test]
    public async Task OnData_Throws_EndsItsConnectionOnly()
    {
        var (socket, accepted) = await Listen(
            _ => new RecordingHandler { Consume = (_, count) => count == 3 ? throw new InvalidOperationException("boom") : count });
        using var bad = await Dial(socket.LocalEndPoint);
        using var good = await Dial(socket.LocalEndPoint);
        await bad.SendAsync("bad"u8.ToArray());
        await good.SendAsync("good"u8.ToArray());

        var act = () => Read(bad, 1);

        await act.Should().ThrowAsync<SocketException>();
        await Until(() => accepted.Connections.Count == 2 && accepted.Connections[1].BytesReceived == 4);
        (await On(() => accepted.Connections[1].State)).Should().Be(ConnectionState.Open);
        (await On(() => Worker.UnhandledExceptions)).Should().Be(1);
    }

    [Test]
    public async Task OnAccepted_Throws_ClosesTheConnection()
    {
        var (socket, _) = await Listen(_ => throw new InvalidOperationException("boom"));

        var act = async () =>
        {
            using var client = await Dial(socket.LocalEndPoint);
            await Read(client, 1);
        };

        (await act.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Test]
    public async Task BulkTransfer_BesideIt_OthersGetTheirTurn()
    {
        var turns = new List<string>();
        var (bulk, bulkAccepted) = await Listen(_ => new RecordingHandler { Discard = true, On = (_, what) => turns.Add("bulk") });
        var (small, smallAccepted) = await Listen(_ => new RecordingHandler { On = (_, what) => turns.Add("small") });
        using var bulkClient = await Dial(bulk.LocalEndPoint);
        using var smallClient = await Dial(small.LocalEndPoint);
        await Until(() => bulkAccepted.Connections.Count == 1 && smallAccepted.Connections.Count == 1);
        await On(() => bulkAccepted.Connections[0].ReadDisable(true));
        var filled = Fill(bulkClient);
        await On(() =>
        {
            // On the loop's thread, so that it finds a full socket and a small request at the same time.
            smallClient.Send("x"u8);
            bulkAccepted.Connections[0].ReadDisable(false);
        });

        await Until(() => turns.Contains("small"));

        (await On(() => turns.IndexOf("small"))).Should().BeLessThan(8, "a turn gives one connection a few reads");
        await Until(() => bulkAccepted.Connections[0].BytesReceived == filled);
        turns.Count.Should().BeGreaterThan(10, "or the bulk was none");
    }

    [Test]
    public async Task Connections_Thousands_AreServedAndHoldNoBuffers()
    {
        const int Count = 2_000;
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        var clients = new List<Socket>();
        for (var i = 0; i < Count; i++)
        {
            clients.Add(await Dial(socket.LocalEndPoint));
        }

        await Until(() => accepted.Connections.Count == Count);
        (await On(() => Worker.Buffers.Outstanding)).Should().Be(0);
        for (var i = 0; i < Count; i += 50)
        {
            await clients[i].SendAsync(new[] { (byte)i });
            (await Read(clients[i], 1)).Should().Equal((byte)i);
        }

        clients.ForEach(client => client.Dispose());
        await Until(() => accepted.Connections.TrueForAll(connection => connection.State == ConnectionState.Closed));
    }

    [Test]
    public async Task Connections_ClosedAndReplacedInOneBatch_GetNoEventsOfTheOldOnes()
    {
        var first = new List<RecordingHandler>();
        var (socket, accepted) = await Listen(_ =>
        {
            var handler = new RecordingHandler();
            first.Add(handler);
            return handler;
        });
        var clients = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await Dial(socket.LocalEndPoint));
        }

        await Until(() => accepted.Connections.Count == 20);
        await On(() =>
        {
            // All have an event waiting; the first to be served closes the others and puts new sockets in their places.
            clients.ForEach(client => client.Send("x"u8));
            first.ForEach(handler => handler.On = (connection, what) => Replace(connection, what, accepted, socket));
        });
        await Until(() => first.Exists(handler => handler.Count > 0));

        (await On(() => Worker.UnhandledExceptions)).Should().Be(0);
        first.Count(handler => handler.Count > 0).Should().Be(1);
        clients.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task Stop_ConnectionsOpen_ClosesThemAndTellsTheirOwners()
    {
        var handler = new RecordingHandler();
        var (socket, accepted) = await Listen(_ => handler);
        using var client = await Dial(socket.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);

        await Group.StopAsync();

        handler.Events.Should().EndWith("closed");
        (await Read(client, 1)).Should().BeEmpty();
    }

    private static long Fill(Socket socket)
    {
        var chunk = Pattern(64 * 1024);
        var sent = 0L;
        socket.Blocking = false;
        while (socket.Poll(0, SelectMode.SelectWrite))
        {
            sent += socket.Send(chunk, SocketFlags.None, out var error);
            if (error != SocketError.Success)
            {
                break;
            }
        }

        return sent;
    }

    private void Replace(Connection connection, string what, AcceptHandler accepted, IListenSocket socket)
    {
        if (what != "data")
        {
            return;
        }

        foreach (var other in accepted.Connections.Where(other => other != connection).ToList())
        {
            other.Close(CloseMode.Immediate);
            Worker.Connect(new ConnectRequest(socket.LocalEndPoint), new RecordingHandler());
        }
    }
}
