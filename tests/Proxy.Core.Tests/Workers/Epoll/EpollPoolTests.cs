using System.Net;
using System.Net.Sockets;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Core.Tests.Clusters;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Core.Tests.Workers.Epoll;

/// <summary>A pool whose idle connection has received something in the very batch in which a request asks for one.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class EpollPoolTests : LoopbackFixture
{
    public EpollPoolTests(bool batchSystemCalls)
        : base(1, batchSystemCalls)
    {
    }

    [Test]
    public async Task NewRequest_IdleConnectionHasUnreadBytes_TakesAnotherOne()
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        upstream.Bind(AnyPort);
        upstream.Listen();
        var manager = await On(Group.Main, () => AddCluster((IPEndPoint)upstream.LocalEndPoint!));
        await Until(() => manager.Find(Worker, "c")?.ChooseHost(default) is not null);
        var first = await On(() => Ask(manager));
        using var idle = await upstream.AcceptAsync().WaitAsync(Patience);
        idle.Send("one\n"u8);
        await Until(() => first.Done);
        LineCodec.Request? second = null;
        var (listener, accepted) = await Listen(_ => new RecordingHandler { On = (_, what) => second = what == "data" ? Ask(manager) : second });
        using var client = await Dial(listener.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);

        await Together(() =>
        {
            client.Send("go"u8);
            idle.Send("junk\n"u8);
        });
        using var fresh = await upstream.AcceptAsync().WaitAsync(Patience);
        fresh.Send("two\n"u8);

        await Until(() => second is { Done: true });
        second!.Answer.Should().Be("two");
        await On(Group.Main, () => manager.Remove("c"));
    }

    private LineCodec.Request Ask(ProxyClusterManager manager)
    {
        var request = new LineCodec.Request();
        var cluster = manager.Find(Worker, "c")!;
        request.Ticket = cluster.NewRequest(cluster.ChooseHost(default)!, default, request, request);
        return request;
    }

    private ProxyClusterManager AddCluster(IPEndPoint upstream)
    {
        var manager = new ProxyClusterManager(Group.Main, Group.Workers, new StatsStore(), new FakeDnsResolver(), LineCodec.Factory);
        manager.AddOrUpdate(new ClusterConfig
        {
            Name = "c",
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Of(upstream.Address, upstream.Port))] }],
        });
        return manager;
    }
}
