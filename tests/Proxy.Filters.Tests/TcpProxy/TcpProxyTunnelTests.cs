using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

public sealed class TcpProxyTunnelTests : TcpProxyFixture
{
    private const string Request = "CONNECT target.test:443 HTTP/1.1\r\nhost: target.test:443\r\nx-from: 10.0.1.1\r\n\r\n";

    private static readonly TcpProxyConfig Tunnelled = ToApp with
    {
        Tunneling = new TunnelingConfig("target.test:443") { Headers = [new HeaderAddition("x-from", "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%")] },
    };

    private readonly TestUpstream _proxy;

    public TcpProxyTunnelTests()
    {
        _proxy = TestUpstream.Listen(Runtime, A);
        Cluster("app", A);
    }

    [TestCase(3L)]
    [TestCase(100L)]
    public void Tunnel_EarlyBytes_FollowOnceItIsGranted(long limit)
    {
        Listen(Tunnelled with { MaxEarlyBytes = limit });
        var client = Connect().Send("early").SendEnd();
        var server = _proxy.Accept();
        server.ReadUntil("\r\n\r\n").Should().StartWith("CONNECT");

        server.Send("HTTP/1.1 200 OK\r\n\r\n");

        server.Expect("early").Send("answer");
        client.Expect("answer");
    }

    [Test]
    public void Tunnel_Granted_CarriesBytesBothWaysAndEnds()
    {
        Listen(Tunnelled);
        var client = Connect().Send("early");
        var proxy = _proxy.Accept().Expect(Request);
        proxy.ExpectSilence();

        proxy.Send("HTTP/1.1 200 Connected\r\nx: y\r\n\r\nhello");
        client.Expect("hello");
        proxy.Expect("early");
        client.Send("more");
        proxy.Expect("more").SendEnd();
        client.ExpectEnd();
        client.Send("last").SendEnd();

        proxy.Expect("last").ExpectEnd();
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Tunnel_AnswerByteByByte_IsTheSame()
    {
        Listen(Tunnelled);
        var client = Connect();
        _proxy.Accept().Expect(Request).SendByteByByte("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");

        client.Expect("hello");
    }

    [TestCase("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno")]
    [TestCase("rubbish")]
    [TestCase("")]
    public void Tunnel_Refused_EndsTheConnection(string answer)
    {
        Listen(Tunnelled);
        var client = Connect();
        var proxy = _proxy.Accept().Expect(Request);

        if (answer.Length > 0)
        {
            proxy.Send(answer);
        }
        else
        {
            proxy.Close();
        }

        client.ExpectEnd();
        Log.Lines.Single().Should().Contain("UpstreamConnectionFailure");
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
        Stat("cluster.app.upstream_cx_connect_attempts_exceeded").Should().Be(1);
    }

    [Test]
    public void Tunnel_RefusedOnce_IsTriedAgain()
    {
        Listen(Tunnelled with { MaxConnectAttempts = 2 });
        var client = Connect();
        _proxy.Accept().Expect(Request).Send("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");

        _proxy.Accept().Expect(Request).Send("HTTP/1.1 200 OK\r\n\r\nhello");

        client.Expect("hello");
    }

    [TestCase("HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n", "200")]
    [TestCase("HTTP/1.1 403 Forbidden\r\nX-A: b\r\n\r\n", "403")]
    public void Tunnel_HeadersPropagated_AnswerIsLeftInTheFilterState(string answer, string status)
    {
        Listen(Tunnelled with { Tunneling = Tunnelled.Tunneling! with { PropagateResponseHeaders = true } });
        Connect();

        _proxy.Accept().Expect(Request).Send(answer);

        Accepted.Single().Info.FilterState["envoy.tcp_proxy.propagate_response_headers"].Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["headers"] = new List<Dictionary<string, object>>
            {
                new() { ["key"] = ":status", ["value"] = status },
                new() { ["key"] = "x-a", ["value"] = "b" },
            },
        });
    }

    [Test]
    public void Tunnel_HeadersPropagatedTwice_FirstAnswerStays()
    {
        Listen(Tunnelled with { MaxConnectAttempts = 2, Tunneling = new TunnelingConfig("target.test:443") { PropagateResponseHeaders = true } });
        var client = Connect();
        _proxy.Accept().Expect("CONNECT target.test:443 HTTP/1.1\r\nhost: target.test:443\r\n\r\n").Send("HTTP/1.1 503 Busy\r\n\r\n");

        _proxy.Accept().Send("HTTP/1.1 200 OK\r\n\r\nhello");

        client.Expect("hello");
        Accepted.Single().Info.FilterState["envoy.tcp_proxy.propagate_response_headers"].Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["headers"] = new List<Dictionary<string, object>> { new() { ["key"] = ":status", ["value"] = "503" } },
        });
    }

    [Test]
    public void Tunnel_HeadersNotPropagated_NothingIsKept()
    {
        Listen(Tunnelled);
        Connect();

        _proxy.Accept().Expect(Request).Send("HTTP/1.1 200 OK\r\n\r\n");

        Accepted.Single().Info.HasFilterState.Should().BeFalse();
    }

    [Test]
    public void Tunnel_NoAnswer_EndsWithTheIdleTimeout()
    {
        Listen(Tunnelled with { IdleTimeout = TimeSpan.FromSeconds(10) });
        var client = Connect();
        var proxy = _proxy.Accept().Expect(Request);

        Runtime.Advance(11_000);

        client.ExpectEnd();
        proxy.ExpectEnd();
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
    }

    [Test]
    public void Tunnel_ClientGoesMeanwhile_IsGivenUp()
    {
        Listen(Tunnelled);
        var client = Connect();
        var proxy = _proxy.Accept().Expect(Request);

        client.Reset();

        proxy.ExpectEnd();
        Stat("cluster.app.upstream_cx_active").Should().Be(0);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }
}
