using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

/// <summary>Upstream connections that begin with the PROXY protocol, or go where the client wanted to.</summary>
public sealed class TcpProxyUpstreamTests : TcpProxyFixture
{
    private static readonly ClusterConfig App = new() { Name = "app" };

    private static readonly ClusterConfig Original = App with { Type = ClusterType.OriginalDestination };

    [Test]
    public void ProxyProtocol_Version1_TellsOfTheClient()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster(App with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(1) } }, A);
        Listen();
        var client = TestPeer.Connect(Runtime, Front, IPEndPoint.Parse("9.8.7.6:4000")).Send("data");

        upstream.Accept().Expect("PROXY TCP4 9.8.7.6 10.0.1.1 4000 1000\r\ndata").Send("back");
        client.Expect("back");
    }

    [Test]
    public void ProxyProtocol_Version2_TellsOfTheClientAndCarriesTlvs()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster(App with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(2) { Tlvs = [new ProxyProtocolTlv(0xE0, [1, 2])] } } }, A);
        Listen(ToApp with { ProxyProtocolTlvs = [new ProxyProtocolTlv(0xE1, [3])] });
        TestPeer.Connect(Runtime, Front, IPEndPoint.Parse("9.8.7.6:4000")).Send("data");

        upstream.Accept().Received.Should().Equal(
        [
            .. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 21, 9, 8, 7, 6, 10, 0, 1, 1, 4000 >> 8, 4000 & 255, 1000 >> 8, 1000 & 255,
            0xE0, 0, 2, 1, 2, 0xE1, 0, 1, 3, .. "data"u8,
        ]);
    }

    [TestCase(1, "PROXY TCP6 2001:db8::7 2001:db8::1 4000 443\r\n")]
    [TestCase(2, "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x0f\xa0\x01\xbb")]
    public void ProxyProtocol_IPv6_IsWrittenSo(int version, string header)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster(App with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(version) } }, A);
        ListenFor(IPEndPoint.Parse("[2001:db8::1]:443"), IPEndPoint.Parse("[2001:db8::7]:4000"), restored: true);
        Connect();

        upstream.Accept().Expect(header);
    }

    [TestCase(1, "PROXY UNKNOWN\r\n")]
    [TestCase(2, "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")]
    public void ProxyProtocol_AddressesThatDoNotFit_SaysThatItDoesNotKnow(int version, string header)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Cluster(App with { Transport = new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(version) } }, A);
        ListenFor(IPEndPoint.Parse("[2001:db8::1]:443"), IPEndPoint.Parse("9.8.7.6:4000"), restored: true);
        Connect();

        upstream.Accept().Expect(header);
    }

    [Test]
    public void OriginalDestination_Restored_IsWhereItGoes()
    {
        var a = TestUpstream.Listen(Runtime, A);
        Cluster(Original);
        ListenFor(A, restored: true);
        var client = Connect().Send("hi");

        a.Accept().Expect("hi").Send("there");

        client.Expect("there");
        Stat("cluster.app.membership_total").Should().Be(1);
    }

    [Test]
    public void OriginalDestination_PortOverridden_GoesThere()
    {
        var a = TestUpstream.Listen(Runtime, A);
        Cluster(Original with { OriginalDestination = new OriginalDestinationConfig { PortOverride = A.Port } });
        ListenFor(new IPEndPoint(A.Address, 9), restored: true);

        Connect().Send("hi");

        a.Accept().Expect("hi");
    }

    [Test]
    public void OriginalDestination_NotRestored_HasNoHost()
    {
        Cluster(Original);
        ListenFor(A, restored: false);

        Connect().ExpectEnd();

        Stat("cluster.app.upstream_cx_none_healthy").Should().Be(1);
    }

    [Test]
    public void OriginalDestination_NotUsedAnyMore_IsForgotten()
    {
        var a = TestUpstream.Listen(Runtime, A);
        Cluster(Original);
        ListenFor(A, restored: true);
        var client = Connect();
        var server = a.Accept();

        Runtime.Advance(30_000);
        Stat("cluster.app.membership_total").Should().Be(1, "it is in use");
        client.Close();
        server.Close();
        Runtime.Advance(10_100);

        Stat("cluster.app.membership_total").Should().Be(0);
        Connect();
        a.Accept();
        Stat("cluster.app.membership_total").Should().Be(1);
    }

    [Test]
    public void ClusterRules_OriginalDestinationWithHosts_IsAFault()
    {
        var add = () => Cluster(Original, A);

        add.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("load_assignment");
    }
}
