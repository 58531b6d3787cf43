using System.Net;
using Proxy.Configuration.Clusters;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

/// <summary>Hosts that are told, with the PROXY protocol, whom a connection is for.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProxyProtocolTests : RouterFixture
{
    private static readonly IPEndPoint Front = IPEndPoint.Parse("10.1.1.1:8080");

    public ProxyProtocolTests()
    {
        ChangeApp = static cluster => cluster with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(1) } };
    }

    [Test]
    public void Clients_HaveConnectionsOfTheirOwn()
    {
        Start(To("app"));
        var first = From("9.8.7.6:4000").Send(Get());
        var one = Upstream.Accept();
        one.ReadUntil("\r\n").Should().Be("PROXY TCP4 9.8.7.6 10.1.1.1 4000 8080\r\n");
        one.ReadUntil("\r\n\r\n");
        one.Send(Ok());
        Answer(first);

        first.Send(Get("/again"));
        one.ReadUntil("\r\n\r\n").Should().StartWith("GET /again ");
        one.Send(Ok());
        Answer(first);

        From("9.8.7.6:4001").Send(Get());
        Upstream.Accept().ReadUntil("\r\n").Should().Be("PROXY TCP4 9.8.7.6 10.1.1.1 4001 8080\r\n");
        Stat("cluster.app.upstream_cx_total").Should().Be(2);
    }

    [Test]
    public void Clients_ThatHostsAreNotToldOf_ShareConnections()
    {
        Start(Table(To("app")), null, static config => config with { TellUpstreamsOfClient = false });
        var first = From("9.8.7.6:4000").Send(Get());
        var shared = Upstream.Accept();
        shared.ReadUntil("\r\n").Should().StartWith("PROXY TCP4 ").And.NotContain("9.8.7.6", "it tells of this proxy's own connection");
        shared.ReadUntil("\r\n\r\n");
        shared.Send(Ok());
        Answer(first);

        From("9.8.7.5:4000").Send(Get("/other"));
        shared.ReadUntil("\r\n\r\n").Should().StartWith("GET /other ");
        Stat("cluster.app.upstream_cx_total").Should().Be(1);
    }

    [Test]
    public void Clients_OfAClusterWithPoolsOfTheirOwn_DoNotShareConnections()
    {
        ChangeApp = static cluster => cluster with { PoolPerDownstreamConnection = true };
        Start(Table(To("app")), null, static config => config with { TellUpstreamsOfClient = false });
        var first = From("9.8.7.6:4000").Send(Get());
        var one = Upstream.Accept();
        one.ReadUntil("\r\n\r\n").Should().StartWith("GET ");
        one.Send(Ok());
        Answer(first);

        first.Send(Get("/again"));
        one.ReadUntil("\r\n\r\n").Should().StartWith("GET /again ");
        one.Send(Ok());
        Answer(first);

        From("9.8.7.6:4001").Send(Get("/other"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("GET /other ");
        Stat("cluster.app.upstream_cx_total").Should().Be(2);
    }

    [Test]
    public void Hosts_WithoutTheProtocol_ServeAllClientsOverOneConnection()
    {
        ChangeApp = static cluster => cluster;
        Start(To("app"));
        var first = From("9.8.7.6:4000").Send(Get());
        var shared = Upstream.Accept();
        shared.ReadUntil("\r\n\r\n").Should().StartWith("GET ");
        shared.Send(Ok());
        Answer(first);

        From("9.8.7.5:4000").Send(Get("/other"));
        shared.ReadUntil("\r\n\r\n").Should().StartWith("GET /other ");
    }

    private TestPeer From(string client) => TestPeer.Connect(Runtime, Front, IPEndPoint.Parse(client));
}
