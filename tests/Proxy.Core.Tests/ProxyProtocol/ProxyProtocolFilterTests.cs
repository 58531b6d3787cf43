using System.Net;
using System.Text;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Connections.InMemory;
using Proxy.Listeners;
using Proxy.Listeners.ProxyProtocol;
using Proxy.Stats;
using Proxy.Testing;
using static Proxy.Core.Tests.ProxyProtocol.ProxyProtocolBytes;

namespace Proxy.Core.Tests.ProxyProtocol;

public sealed class ProxyProtocolFilterTests : SimulatedFixture
{
    private static readonly IPEndPoint Address = IPEndPoint.Parse("10.0.0.1:80");

    private readonly StatsStore _store = new();
    private readonly RecordingHandler _rest = new();
    private Connection _connection = null!;

    [Test]
    public void Version1_AddressesAreReplacedAndTheHeaderIsGone()
    {
        var peer = Connect(new ProxyProtocolConfig());

        peer.Send("PROXY TCP4 192.0.2.10 198.51.100.20 40000 8080\r\nrest");

        _rest.Text.Should().Be("rest");
        _connection.RemoteEndPoint.Should().Be(IPEndPoint.Parse("192.0.2.10:40000"));
        _connection.LocalEndPoint.Should().Be(IPEndPoint.Parse("198.51.100.20:8080"));
        _connection.Info.LocalAddressRestored.Should().BeTrue();
        _connection.Info.DirectRemoteEndPoint.Should().NotBe(_connection.RemoteEndPoint);
        Count("proxy_proto.versions.v1.found").Should().Be(1);
    }

    [Test]
    public void Version2_ByteByByte_IsReadTheSame()
    {
        Runtime.Network.Segmentation = Segmentation.ByteByByte;
        var peer = Connect(new ProxyProtocolConfig { StatPrefix = "x" });

        peer.Send([.. V2("[2001:db8::1]:1", "[2001:db8::2]:2", tlvs: [(1, "h2")]), .. "rest"u8]);

        _rest.Text.Should().Be("rest");
        _connection.RemoteEndPoint.Should().Be(IPEndPoint.Parse("[2001:db8::1]:1"));
        Count("proxy_proto.x.versions.v2.found").Should().Be(1);
    }

    [Test]
    public void Local_AddressesStay()
    {
        var peer = Connect(new ProxyProtocolConfig());
        var remote = _connection.RemoteEndPoint;

        peer.Send(V2Raw(0x20, 0, []));

        _connection.RemoteEndPoint.Should().BeSameAs(remote);
        _connection.Info.LocalAddressRestored.Should().BeFalse();
        Count("proxy_proto.versions.v2.found").Should().Be(1);
    }

    [Test]
    public void SameDestination_IsNotARestoredAddress()
    {
        Connect(new ProxyProtocolConfig()).Send("PROXY TCP4 192.0.2.10 10.0.0.1 40000 80\r\n");

        _connection.Info.LocalAddressRestored.Should().BeFalse();
    }

    [Test]
    public void Malformed_ClosesAndCounts()
    {
        var peer = Connect(new ProxyProtocolConfig());

        peer.Send(V2Raw(0x25, 0x11, new byte[12]));

        peer.IsOpen.Should().BeFalse();
        _rest.Text.Should().BeEmpty();
        Count("proxy_proto.versions.v2.error").Should().Be(1);
        Count("downstream_cx_proxy_proto_error").Should().Be(1);
    }

    [Test]
    public void NoHeader_ClosesAndCounts()
    {
        var peer = Connect(new ProxyProtocolConfig());

        peer.Send("GET / HTTP/1.1\r\n\r\n");

        peer.IsOpen.Should().BeFalse();
        Count("proxy_proto.not_found_disallowed").Should().Be(1);
        Count("downstream_cx_proxy_proto_error").Should().Be(1);
    }

    [Test]
    public void NoHeader_Allowed_PassesUntouched()
    {
        Connect(new ProxyProtocolConfig { AllowWithoutHeader = true }).Send("GET / HTTP/1.1\r\n\r\n");

        _rest.Text.Should().Be("GET / HTTP/1.1\r\n\r\n");
        Count("proxy_proto.not_found_allowed").Should().Be(1);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void DisallowedVersion_ClosesAndCounts(int version)
    {
        var peer = Connect(new ProxyProtocolConfig { DisallowVersion1 = version == 1, DisallowVersion2 = version == 2 });

        peer.Send(version == 1 ? Encoding.Latin1.GetBytes("PROXY UNKNOWN\r\n") : V2("192.0.2.10:1", "198.51.100.20:2"));

        peer.IsOpen.Should().BeFalse();
        Count($"proxy_proto.versions.v{version}.found").Should().Be(1);
        Count($"proxy_proto.versions.v{version}.disallowed").Should().Be(1);
        Count("downstream_cx_proxy_proto_error").Should().Be(0);
    }

    [Test]
    public void DisallowedVersion_WhereHeadersAreOptional_IsData()
    {
        Connect(new ProxyProtocolConfig { AllowWithoutHeader = true, DisallowVersion1 = true }).Send("PROXY UNKNOWN\r\n");

        _rest.Text.Should().Be("PROXY UNKNOWN\r\n");
        Count("proxy_proto.not_found_allowed").Should().Be(1);
    }

    [Test]
    public void Rules_NamedTlvsAreKept()
    {
        var config = new ProxyProtocolConfig { Rules = [new ProxyProtocolRule(2, "", "overruled"), new ProxyProtocolRule(2, "", "authority"), new ProxyProtocolRule(0xE0, "my.ns", "custom")] };

        Connect(config).Send(V2("192.0.2.10:1", "198.51.100.20:2", tlvs: [(2, "host.test"), (0xE0, "a\u00FFb"), (2, "second"), (1, "h2")]));

        var metadata = _connection.Info.DynamicMetadata;
        metadata.Keys.Should().BeEquivalentTo("envoy.filters.listener.proxy_protocol", "my.ns");
        metadata["envoy.filters.listener.proxy_protocol"].Should().Equal(new Dictionary<string, object> { ["authority"] = "host.test" });
        metadata["my.ns"]["custom"].Should().Be("a!b");
    }

    [Test]
    public void Rules_LocalHeader_KeepsNothing()
    {
        var config = new ProxyProtocolConfig { Rules = [new ProxyProtocolRule(2, "", "authority")] };

        Connect(config).Send(V2Raw(0x20, 0x11, [2, 0, 1, 120]));

        _connection.Info.HasDynamicMetadata.Should().BeFalse();
        Count("proxy_proto.versions.v2.found").Should().Be(1);
    }

    [Test]
    public void LongestHeader_IsTaken()
    {
        var peer = Connect(new ProxyProtocolConfig(), bufferLimit: 1024);

        peer.Send([.. V2Raw(0x20, 0, new byte[65535]), .. "rest"u8]);

        _rest.Text.Should().Be("rest");
    }

    private TestPeer Connect(ProxyProtocolConfig config, int bufferLimit = 1024 * 1024)
    {
        var stats = new ProxyProtocolStats(_store.CreateScope(), config.StatPrefix);
        Worker.Listen(new Proxy.Workers.ListenRequest(Address), new AcceptHandler(connection =>
        {
            _connection = connection;
            connection.BufferLimit = bufferLimit;
            var (own, root) = stats.On(Worker);
            return new FilterOwner(new ProxyProtocolFilter(config, own, root), connection, _rest);
        }));
        return TestPeer.Connect(Runtime, Address);
    }

    private long Count(string name) => new StatsReader(_store).Read(other => other == name).Counters.Single().Value;

    /// <summary>Runs one listener filter, then hands the connection on.</summary>
    private sealed class FilterOwner : IConnectionHandler
    {
        private readonly ListenerFilter _filter;
        private readonly IConnectionHandler _next;

        public FilterOwner(ListenerFilter filter, Connection connection, IConnectionHandler next)
        {
            _filter = filter;
            _next = next;
            filter.Attach(connection);
            filter.OnAccept().Should().Be(ListenerFilterStatus.NeedMoreData);
        }

        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
        {
            if (_filter.OnData(data, out var consumed) == ListenerFilterStatus.Continue)
            {
                connection.Start(_next);
            }

            return consumed;
        }

        public void OnAboveHighWatermark(Connection connection)
        {
        }

        public void OnBelowLowWatermark(Connection connection)
        {
        }

        public void OnClosed(Connection connection, CloseReason reason)
        {
        }
    }
}
