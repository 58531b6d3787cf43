using Proxy.Connections;
using Proxy.Core.Tests.Contract;
using Proxy.Testing;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Core.Tests.Tls;

/// <summary>All that a worker's connections promise holds for connections over TLS too.</summary>
public abstract class TlsWorkerContractTests : WorkerContractTests
{
    private readonly TlsFixture _tls = new(TlsEngine.OpenSsl);

    protected override Connection Accept(Connection connection) => _tls.Accept(connection);

    protected override Connection Open(ConnectRequest request, IConnectionHandler handler) => _tls.Connect(Worker, request, handler);
}

[TestFixture]
public sealed class SimulatedTlsContractTests : TlsWorkerContractTests
{
    protected override WorkerHarness CreateHarness() => new SimulatedHarness();
}

[TestFixture]
[Category("Loopback")]
public sealed class SocketTlsContractTests : TlsWorkerContractTests
{
    [Test]
    [Ignore("System.Net.Sockets shows no FIN behind bytes that nobody reads, and close_notify is such bytes.")]
    public override void EarlyClose_WhileAnAcceptedConnectionIsPaused_EndsIt()
    {
    }

    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Sockets);
}

[TestFixture(true)]
[TestFixture(false)]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed class EpollTlsContractTests(bool batchSystemCalls) : TlsWorkerContractTests
{
    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Epoll, batchSystemCalls);
}
