using Proxy.Connections;
using Proxy.Core.Tests.Contract;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Tls;

/// <summary>All that a worker's connections promise holds for connections over TLS too.</summary>
public abstract class TlsWorkerContractTests(string engine) : WorkerContractTests
{
    private readonly TlsFixture _tls = new(TlsFixture.Engine(engine));

    protected override Connection Accept(Connection connection) => _tls.Accept(connection);

    protected override Connection Open(ConnectRequest request, IConnectionHandler handler) => _tls.Connect(Worker, request, handler);
}

[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class SimulatedTlsContractTests(string engine) : TlsWorkerContractTests(engine)
{
    protected override WorkerHarness CreateHarness() => new SimulatedHarness();
}

[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
[Category("Loopback")]
public sealed class SocketTlsContractTests(string engine) : TlsWorkerContractTests(engine)
{
    /// <summary>
    /// System.Net.Sockets shows no FIN behind bytes that nobody reads, and <c>close_notify</c> is such bytes: the end of a peer is seen once reading goes on,
    /// not before.
    /// </summary>
    [Test]
    public override void EarlyClose_WhileAnAcceptedConnectionIsPaused_EndsIt()
    {
        var server = new RecordingHandler();
        var (accepted, address) = Serve(_ => server);
        var client = Connect(address, new RecordingHandler());
        Harness.Until(() => accepted.Connections.Count == 1 && client.State == ConnectionState.Open, "the connection");
        Harness.Run(() => accepted.Connections[0].ReadDisable(true));
        Harness.Run(() => client.Close(CloseMode.Flush));
        Harness.Wait(20);
        server.Closed.Should().BeNull();

        Harness.Run(() => accepted.Connections[0].ReadDisable(false));
        Harness.Until(() => server.Closed is not null, "the close");
        server.Closed.Should().Be(CloseReason.RemoteClose);
    }

    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Sockets);
}

[TestFixture("OpenSSL", true)]
[TestFixture("OpenSSL", false)]
[TestFixture("SslStream", true)]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed class EpollTlsContractTests(string engine, bool batchSystemCalls) : TlsWorkerContractTests(engine)
{
    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Epoll, batchSystemCalls);
}
