using System.Net;
using Proxy.Configuration.Filters;
using Proxy.Filters.Network.Echo;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.Echo;

public sealed class EchoFilterTests : SimulatedFixture
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("10.0.1.1:1000");

    [SetUp]
    public void Start()
    {
        var create = new EchoFilterFactory().Prepare(new EchoConfig(), null!);
        Worker.Listen(new ListenRequest(Front), new ChainAcceptor(_ => create(Worker)));
    }

    [Test]
    public void Bytes_ComeBack_AndFinForFin()
    {
        var client = TestPeer.Connect(Runtime, Front);

        client.Send("one").Expect("one").Send("two").SendEnd();

        client.Expect("two").ExpectEnd();
        client.Closed.Should().NotBeNull();
    }

    [Test]
    public void ClientDoesNotRead_IsNotReadFrom()
    {
        var client = TestPeer.Connect(Runtime, Front);
        client.PauseReading();

        client.Send(new byte[5_000_000]);

        client.Connection.PendingBytes.Should().BeGreaterThan(3_000_000);
        client.ResumeReading();
        client.TotalReceived.Should().Be(5_000_000);
    }
}
