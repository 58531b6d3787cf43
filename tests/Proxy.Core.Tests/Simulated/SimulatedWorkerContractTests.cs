using Proxy.Core.Tests.Contract;
using Proxy.Testing;

namespace Proxy.Core.Tests.Simulated;

[TestFixture]
public sealed class SimulatedWorkerContractTests : WorkerContractTests
{
    protected override WorkerHarness CreateHarness() => new SimulatedHarness();
}
