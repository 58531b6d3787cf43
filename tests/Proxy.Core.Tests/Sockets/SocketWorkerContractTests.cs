using Proxy.Core.Tests.Contract;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Sockets;

[TestFixture]
public sealed class SocketWorkerContractTests : WorkerContractTests
{
    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Sockets);
}
