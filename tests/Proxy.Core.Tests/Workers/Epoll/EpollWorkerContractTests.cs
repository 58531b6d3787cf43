using Proxy.Core.Tests.Contract;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed class EpollWorkerContractTests : WorkerContractTests
{
    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Epoll);
}
