using Proxy.Connections;
using Proxy.Connections.InMemory;
using Proxy.Connections.Pipes;
using Proxy.Testing;

namespace Proxy.Core.Tests.Contract;

public abstract partial class WorkerContractTests
{
    [Test]
    public void InMemoryPair_AcrossWorkers_CarriesBytesAndEnd()
    {
        const int Total = 1024 * 1024;
        var (near, far) = InMemoryConnection.CreatePair(Worker, Harness.Second, capacity: 10_000);
        var client = new PatternPeer(Total);
        Harness.Run(Harness.Second, () => far.Start(new EchoHandler()));
        Harness.Run(() =>
        {
            near.Start(client);
            client.Produce(near);
        });

        Harness.Until(() => client.Received == Total, "the echo");
        client.Intact.Should().BeTrue();

        Harness.Run(Harness.Second, () => far.Close(CloseMode.Flush));
        Harness.Until(() => client.Closed is not null, "the end");
        client.Closed.Should().Be(CloseReason.RemoteClose);
    }

    [Test]
    public void InMemoryPair_ResetFromTheOtherWorker_IsReset()
    {
        var (near, far) = InMemoryConnection.CreatePair(Worker, Harness.Second);
        var client = new RecordingHandler();
        Harness.Run(() => near.Start(client));

        Harness.Run(Harness.Second, () => far.Close(CloseMode.Reset));

        Harness.Until(() => client.Closed is not null, "the reset");
        client.Closed.Should().Be(CloseReason.RemoteReset);
    }

    [Test]
    public void Pipes_BetweenTwoWorkers_CarryEverythingBothWays()
    {
        const int Total = 1024 * 1024;
        var (near, far) = InMemoryConnection.CreatePair(Worker, Harness.Second);
        var client = new PatternPeer(Total);
        PipeConnection inner = null!;
        Harness.Run(Harness.Second, () => inner = new PipeConnection(Worker, far.AsDuplexPipe(pauseThreshold: 20_000), far.Info));
        inner.HandOver(new AcceptHandler(_ => new EchoHandler()));
        Harness.Run(() =>
        {
            near.Start(client);
            client.Produce(near);
        });

        Harness.Until(() => client.Received == Total, "the echo");
        client.Intact.Should().BeTrue();

        Harness.Run(() => near.Close(CloseMode.Flush));
        Harness.Until(() => inner.State == ConnectionState.Closed && client.Closed is not null, "the end");
        inner.CloseReason.Should().Be(CloseReason.RemoteClose);
    }
}
