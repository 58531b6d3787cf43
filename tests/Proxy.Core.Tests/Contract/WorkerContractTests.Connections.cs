using Proxy.Connections;
using Proxy.Testing;

namespace Proxy.Core.Tests.Contract;

public abstract partial class WorkerContractTests
{
    [Test]
    public void Echo_WrittenBeforeConnected_ComesBack()
    {
        var (_, address) = Serve(_ => new EchoHandler());
        var client = new RecordingHandler();

        Connect(address, client, connection => connection.Write("hello"u8));

        Harness.Until(() => client.Text == "hello", "the echo");
        client.Events.Should().StartWith("connected");
    }

    [Test]
    public void Echo_OverAUnixSocket_ComesBack()
    {
        var (accepted, address) = Serve(_ => new EchoHandler(), Harness.Unix);
        var client = new RecordingHandler();

        Connect(address, client, connection => connection.Write("hello"u8));

        Harness.Until(() => client.Text == "hello", "the echo");
        accepted.Connections[0].LocalEndPoint.ToString().Should().Be(Harness.Unix.ToString());
    }

    [Test]
    public void Addresses_OfBothEnds_MirrorEachOther()
    {
        var (accepted, address) = Serve(_ => new RecordingHandler());
        var handler = new RecordingHandler();

        var client = Connect(address, handler);

        Harness.Until(() => accepted.Connections.Count == 1 && handler.Events.Count == 1, "the connection");
        client.RemoteEndPoint.Should().Be(address);
        accepted.Connections[0].LocalEndPoint.Should().Be(address);
        accepted.Connections[0].RemoteEndPoint.Should().Be(client.LocalEndPoint);
    }

    [Test]
    public void Connect_NobodyListens_Fails()
    {
        var client = new RecordingHandler();

        var connection = Connect(Harness.Refusing, client);

        Harness.Until(() => client.Closed is not null, "the refusal");
        client.Events.Should().Equal("closed");
        client.Closed!.Value.Kind.Should().Be(CloseKind.ConnectFailed);
        connection.Info.TransportFailureReason.Should().EndWith("connect error: Connection refused");
    }

    [Test]
    public void Connect_NoAnswer_TimesOut()
    {
        var client = new RecordingHandler();

        Connect(Harness.Silent, client, timeout: 30);

        Harness.Until(() => client.Closed is not null, "the timeout");
        client.Closed!.Value.Kind.Should().Be(CloseKind.ConnectTimeout);
        client.Events.Should().Equal("closed");
    }

    [Test]
    public void Connect_ClosedBeforeItIsUp_IsTold()
    {
        var (_, address) = Serve(_ => new RecordingHandler());
        var client = new RecordingHandler();

        Connect(address, client, connection => connection.Close(CloseMode.Flush, "changed_mind"));

        Harness.Until(() => client.Closed is not null, "the close");
        client.Events.Should().Equal("closed");
        client.Closed.Should().Be(new CloseReason(CloseOrigin.Local, CloseKind.Graceful, "changed_mind"));
    }

    [Test]
    public void Data_NotConsumed_ComesAgainInFrontOfWhatFollows()
    {
        var server = new RecordingHandler { Consume = (_, count) => count < 6 ? 0 : 3 };
        var (accepted, address) = Serve(_ => server);
        var client = Connect(address, new RecordingHandler(), connection => connection.Write("abc"u8));
        Harness.Until(() => server.Events.Count > 0, "the first bytes");

        Harness.Run(() => client.Write("def"u8));
        Harness.Until(() => server.Text == "abc", "the bytes consumed");
        Harness.Run(() =>
        {
            server.Consume = null;
            accepted.Connections[0].Redeliver();
        });

        Harness.Until(() => server.Text == "abcdef", "the rest");
    }

    [Test]
    public void ReadDisable_Twice_NeedsTwoEnables()
    {
        var server = new RecordingHandler();
        var (accepted, address) = Serve(connection =>
        {
            connection.ReadDisable(true);
            connection.ReadDisable(true);
            return server;
        });
        Connect(address, new RecordingHandler(), connection => connection.Write("x"u8));
        Harness.Until(() => accepted.Connections.Count == 1, "the connection");

        Harness.Run(() => accepted.Connections[0].ReadDisable(false));
        Harness.Wait(20);
        server.Events.Should().BeEmpty();
        Harness.Run(() => accepted.Connections[0].ReadDisable(false));

        Harness.Until(() => server.Text == "x", "the byte");
    }

    [Test]
    public void SlowReader_FastWriter_QueueStaysBoundedAndNothingIsLost()
    {
        const int Total = 8 * 1024 * 1024;
        const int Limit = 128 * 1024;
        var producer = new PatternPeer(Total, closeAtEnd: true);
        var (accepted, address) = Serve(connection =>
        {
            connection.BufferLimit = Limit;
            return producer;
        });
        var client = new PatternPeer(0);
        var connection = Connect(address, client, connection => connection.ReadDisable(true));
        Harness.Until(() => accepted.Connections.Count == 1, "the connection");
        Harness.Run(() => producer.Produce(accepted.Connections[0]));
        Harness.Until(() => producer.Stopped, "the watermark");
        Harness.Wait(20);
        client.Received.Should().Be(0);
        producer.MostPending.Should().BeLessThan(Limit + PatternPeer.Chunk + 1);

        Harness.Run(() => connection.ReadDisable(false));

        Harness.Until(() => client.Closed is not null, "everything and the end");
        client.Received.Should().Be(Total);
        client.Intact.Should().BeTrue();
        producer.MostPending.Should().BeLessThan(Limit + PatternPeer.Chunk + 1);
        client.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void BothDirections_LargeEcho_ComesBackWhole()
    {
        const int Total = 2 * 1024 * 1024;
        var producer = new PatternPeer(Total);
        var (_, address) = Serve(_ => new EchoHandler());
        var connection = Connect(address, producer);

        Harness.Until(() => producer.Received == Total, "the echo");
        producer.Intact.Should().BeTrue();
        Harness.Run(() => connection.BytesReceived.Should().Be(Total));
    }
}
