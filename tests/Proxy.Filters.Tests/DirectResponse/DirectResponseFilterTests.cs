using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Filters.Network.DirectResponse;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Filters.Tests.DirectResponse;

public sealed class DirectResponseFilterTests : SimulatedFixture
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("10.0.1.1:1000");

    [TestCase("go away")]
    [TestCase("")]
    public void Connection_GetsTheTextAndIsClosed(string text)
    {
        var config = new DirectResponseConfig(text.Select(letter => (byte)letter).ToConfigList());
        var create = new DirectResponseFilterFactory().Prepare(config, null!);
        Worker.Listen(new ListenRequest(Front), new ChainAcceptor(_ => create(Worker)));

        var client = TestPeer.Connect(Runtime, Front);

        client.Expect(text).ExpectEnd();
    }
}
