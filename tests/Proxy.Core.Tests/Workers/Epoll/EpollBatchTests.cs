using System.Net.Sockets;
using System.Text;
using Proxy.Connections;
using Proxy.Testing;

namespace Proxy.Core.Tests.Workers.Epoll;

/// <summary>Sockets that become readable while the worker is busy are handled in one batch: what one handler does must be true for the others.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class EpollBatchTests : LoopbackFixture
{
    public EpollBatchTests(bool batchSystemCalls)
        : base(1, batchSystemCalls)
    {
    }

    [Test]
    public async Task OnData_ManyConnectionsAtOnce_EachGetsItsAnswer()
    {
        const int Count = 50;
        var (listener, _) = await Listen(_ => new EchoHandler());
        var peers = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Dial(listener.LocalEndPoint)));

        for (var round = 0; round < 20; round++)
        {
            await Together(() => Array.ForEach(peers, peer => peer.Send(Word(peer))));
            foreach (var peer in peers)
            {
                (await Read(peer, Word(peer).Length)).Should().Equal(Word(peer));
            }
        }

        Array.ForEach(peers, peer => peer.Dispose());
    }

    [Test]
    public async Task OnData_HandlerClosesTheOthers_TheyAreNotCalled()
    {
        var told = new List<Connection>();
        AcceptHandler? accepted = null;
        (var listener, accepted) = await Listen(_ => new DataHandler(connection =>
        {
            told.Add(connection);
            accepted!.Connections.Where(other => other != connection).ToList().ForEach(other => other.Close(CloseMode.Immediate));
        }));
        using var one = await Dial(listener.LocalEndPoint);
        using var two = await Dial(listener.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 2);

        await Together(() =>
        {
            one.Send("a"u8);
            two.Send("b"u8);
        });

        await Until(() => told.Count > 0 && accepted.Connections.Count(connection => connection.State == ConnectionState.Closed) == 1);
        (await On(() => told.Count)).Should().Be(1);
    }

    [Test]
    public async Task OnData_HandlerStopsReadingOfTheOthers_TheirBytesWaitUntilItResumes()
    {
        var told = new List<(Connection Connection, string Data)>();
        AcceptHandler? accepted = null;
        (var listener, accepted) = await Listen(_ => new DataHandler((connection, data) =>
        {
            if (told.Count == 0)
            {
                accepted!.Connections.Single(other => other != connection).ReadDisable(true);
            }

            told.Add((connection, data));
        }));
        using var one = await Dial(listener.LocalEndPoint);
        using var two = await Dial(listener.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 2);

        await Together(() =>
        {
            one.Send("same"u8);
            two.Send("same"u8);
        });
        await Until(() => told.Count == 1);
        await On(() => { }); // a turn later the other was still not told
        (await On(() => told.Count)).Should().Be(1);

        await On(() => accepted.Connections.Single(connection => connection.IsReadDisabled).ReadDisable(false));

        await Until(() => told.Count == 2);
        told.Should().AllSatisfy(item => item.Data.Should().Be("same"));
        told[0].Connection.Should().NotBe(told[1].Connection);
    }

    [Test]
    public async Task OnData_PeersEndBehindTheirBytes_BytesComeFirst()
    {
        var handlers = new List<RecordingHandler>();
        var (listener, accepted) = await Listen(_ =>
        {
            handlers.Add(new RecordingHandler());
            return handlers[^1];
        });
        var peers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Dial(listener.LocalEndPoint)));
        await Until(() => accepted.Connections.Count == 20);

        await Together(() => Array.ForEach(peers, peer =>
        {
            peer.Send("last words"u8);
            peer.Dispose();
        }));

        await Until(() => accepted.Connections.TrueForAll(connection => connection.State == ConnectionState.Closed));
        handlers.Should().AllSatisfy(handler =>
        {
            handler.Text.Should().Be("last words");
            handler.Events.Should().EndWith("closed");
        });
    }

    private static byte[] Word(Socket peer) => Encoding.ASCII.GetBytes($"I am {peer.LocalEndPoint}.");

    private sealed class DataHandler(Action<Connection, string> onData) : IConnectionHandler
    {
        public DataHandler(Action<Connection> onData)
            : this((connection, _) => onData(connection))
        {
        }

        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
        {
            onData(connection, Encoding.ASCII.GetString(data));
            return data.Length;
        }

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
