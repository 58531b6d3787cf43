using Proxy.Core.Tests.Contract;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture(true)]
[TestFixture(false)]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed class EpollWorkerContractTests : WorkerContractTests
{
    private readonly bool _batchSystemCalls;

    public EpollWorkerContractTests(bool batchSystemCalls)
    {
        _batchSystemCalls = batchSystemCalls;
    }

    protected override WorkerHarness CreateHarness() => new LoopHarness(WorkerKind.Epoll, _batchSystemCalls);
}
