using System.Net;
using System.Net.Sockets;
using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture]
public sealed class EpollConnectionTests : LoopbackFixture
{
    [Test]
    public async Task Echo_LargeDataAndSlowReader_KeepsOrderAndBoundsMemory()
    {
        const int Size = 24 * 1024 * 1024;
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        using var client = await Dial(socket.LocalEndPoint);
        var data = Pattern(Size);
        var sending = client.SendAsync(data).WaitAsync(Patience);
        await Until(() => accepted.Connections is [{ IsAboveHighWatermark: true }]);

        var (pending, blocks) = await On(() => (accepted.Connections[0].PendingBytes, Worker.Buffers.Outstanding));
        var echoed = await Read(client, Size);
        await sending;

        pending.Should().BeLessThan(accepted.Connections[0].BufferLimit + (512 * 1024));
        blocks.Should().BeLessThan(120);
        echoed.AsSpan().SequenceEqual(data).Should().BeTrue("every byte comes back in order");
        await Until(() => Worker.Buffers.Outstanding == 0);
    }

    [Test]
    public async Task HalfClose_ClientEndsFirst_StillGetsTheAnswer()
    {
        var (socket, _) = await Listen(connection =>
        {
            connection.HalfCloseEnabled = true;
            return new EchoHandler();
        });
        using var client = await Dial(socket.LocalEndPoint);
        await client.SendAsync(Pattern(100_000));
        client.Shutdown(SocketShutdown.Send);

        var answer = await Read(client, 200_000);

        answer.Should().HaveCount(100_000);
    }

    [Test]
    public async Task Close_PeerSendsFin_IsToldAsGraceful()
    {
        var handler = new RecordingHandler();
        var (socket, _) = await Listen(_ => handler);
        var client = await Dial(socket.LocalEndPoint);
        await client.SendAsync("bye"u8.ToArray());
        client.Dispose();

        await Until(() => handler.Closed is not null);

        handler.Closed.Should().Be(CloseReason.RemoteClose);
        handler.Text.Should().Be("bye");
    }

    [Test]
    public async Task Close_PeerSendsRst_IsToldAsReset()
    {
        var handler = new RecordingHandler();
        var (socket, accepted) = await Listen(_ => handler);
        var client = await Dial(socket.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        await Until(() => handler.Closed is not null);

        handler.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [TestCase(CloseMode.Reset, true)]
    [TestCase(CloseMode.Flush, false)]
    public async Task Close_ByUs_SendsWhatItsModeSays(CloseMode mode, bool reset)
    {
        var (socket, accepted) = await Listen(_ => new RecordingHandler());
        using var client = await Dial(socket.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);
        await On(() => accepted.Connections[0].Close(mode));

        var act = () => Read(client, 1);

        if (reset)
        {
            (await act.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        }
        else
        {
            (await act()).Should().BeEmpty();
        }
    }

    [Test]
    public async Task ReadDisabled_PeerCloses_AcceptedConnectionEndsAtOnce()
    {
        var handler = new RecordingHandler { On = (connection, what) => StopReading(connection, what) };
        var (socket, _) = await Listen(_ => handler);
        var client = await Dial(socket.LocalEndPoint);
        await client.SendAsync("request"u8.ToArray());
        await Until(() => handler.Count == 7);
        client.Dispose();

        await Until(() => handler.Closed is not null);

        handler.Closed!.Value.Origin.Should().Be(CloseOrigin.Remote);
    }

    [Test]
    public async Task ReadDisabled_UpstreamAnswersAndCloses_EveryByteIsReadWhenEnabled()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(AnyPort);
        server.Listen();
        var handler = new RecordingHandler { Discard = true, On = (connection, what) => StopReading(connection, what) };
        var connection = await On(() => Worker.Connect(new ConnectRequest(server.LocalEndPoint!), handler));
        var upstream = await server.AcceptAsync().WaitAsync(Patience);
        await upstream.SendAsync(new byte[] { 1 });
        await Until(() => handler.Count == 1);
        await upstream.SendAsync(Pattern(50_000));
        upstream.Dispose();
        await On(() => handler.Closed.Should().BeNull());

        await On(() => connection.ReadDisable(false));
        await Until(() => handler.Closed is not null);

        handler.Count.Should().Be(50_001);
        handler.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public async Task Write_PeerAnsweredEarlyAndReset_TheAnswerIsReadBeforeTheEnd()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(AnyPort);
        server.Listen();
        var handler = new RecordingHandler();
        var connection = await On(() => Worker.Connect(new ConnectRequest(server.LocalEndPoint!), handler));
        var upstream = await server.AcceptAsync().WaitAsync(Patience);
        await Until(() => handler.Events.Contains("connected"));
        await On(() => connection.Write(new byte[1000]));
        await On(() =>
        {
            // On the loop's thread, so that it hears of nothing until both have happened; closing with bytes unread sends RST.
            upstream.Send("early answer"u8);
            upstream.Poll(-1, SelectMode.SelectRead).Should().BeTrue();
            upstream.Dispose();
            connection.Write(new byte[200_000]);
        });

        await Until(() => handler.Closed is not null);

        handler.Text.Should().Be("early answer");
        handler.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [Test]
    public async Task Connect_Refused_SaysWhy()
    {
        IPEndPoint free;
        using (var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            unused.Bind(AnyPort);
            free = (IPEndPoint)unused.LocalEndPoint!;
        }

        var handler = new RecordingHandler();
        var connection = await On(() => Worker.Connect(new ConnectRequest(free), handler));
        await Until(() => handler.Closed is not null);

        handler.Events.Should().Equal("closed");
        handler.Closed!.Value.Kind.Should().Be(CloseKind.ConnectFailed);
        connection.Info.TransportFailureReason.Should().Be("delayed connect error: Connection refused");
    }

    [Test]
    public async Task Connect_LocalAddressNotOurs_FailsWithoutACallInsideConnect()
    {
        var handler = new RecordingHandler();
        var told = await On(() =>
        {
            Worker.Connect(new ConnectRequest(new IPEndPoint(IPAddress.Loopback, 9)) { Local = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0) }, handler);
            return handler.Events.Count;
        });
        await Until(() => handler.Closed is not null);

        told.Should().Be(0);
        handler.Closed!.Value.Should().Match<CloseReason>(reason => reason.Kind == CloseKind.ConnectFailed && reason.Origin == CloseOrigin.Local);
    }

    [Test]
    public async Task Connect_UnixSocketMissing_Fails()
    {
        var handler = new RecordingHandler();
        await On(() => Worker.Connect(new ConnectRequest(new UnixDomainSocketEndPoint("/tmp/proxy-no-such.sock")), handler));

        await Until(() => handler.Closed is not null);

        handler.Closed!.Value.Kind.Should().Be(CloseKind.ConnectFailed);
    }

    [Test]
    public async Task Connect_LocalAddressGiven_IsWhatThePeerSees()
    {
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        var handler = new RecordingHandler();
        var connection = await On(() => Worker.Connect(
            new ConnectRequest(socket.LocalEndPoint) { Local = new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0) }, handler));
        await Until(() => handler.Events.Contains("connected") && accepted.Connections.Count == 1);

        accepted.Connections[0].RemoteEndPoint.Should().Be(connection.LocalEndPoint);
        ((IPEndPoint)connection.LocalEndPoint).Address.ToString().Should().Be("127.0.0.3");
    }

    // Once stopped, stays so: the test goes on from there.
    private static void StopReading(Connection connection, string what)
    {
        if (what == "data" && !connection.IsReadDisabled && connection.BytesReceived < 100)
        {
            connection.ReadDisable(true);
        }
    }
}
