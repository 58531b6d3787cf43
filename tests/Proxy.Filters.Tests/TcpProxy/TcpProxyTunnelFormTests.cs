using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.TcpProxy;

/// <summary>Tunnels that are not asked for with CONNECT of HTTP/1.1, and what is told about them. Frames of HTTP/2 are written by hand.</summary>
public sealed class TcpProxyTunnelFormTests : TcpProxyFixture
{
    private const string Settings = "\0\0\0\x04\0\0\0\0\0";

    private readonly TestUpstream _proxy;

    public TcpProxyTunnelFormTests()
    {
        _proxy = TestUpstream.Listen(Runtime, A);
    }

    [TestCase("", "/")]
    [TestCase("/tunnels", "/tunnels")]
    public void Post_Granted_CarriesBytesInBothBodies(string path, string expected)
    {
        Cluster(new ClusterConfig { Name = "app", Http = new UpstreamHttpConfig { Http1 = new Http1Config { EnableTrailers = true } } }, A);
        Listen(With(new TunnelingConfig("target.test:443") { UsePost = true, PostPath = path, PropagateResponseTrailers = true }));
        var client = Connect().Send("early");
        var proxy = _proxy.Accept().Expect($"POST {expected} HTTP/1.1\r\nhost: target.test:443\r\ntransfer-encoding: chunked\r\n\r\n");
        proxy.ExpectSilence();

        proxy.Send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
        client.Expect("hello");
        proxy.Expect("5\r\nearly\r\n");
        client.Send("last").SendEnd();
        proxy.Expect("4\r\nlast\r\n0\r\n\r\n");
        proxy.Send("3\r\nbye\r\n0\r\nx-t: 1\r\n\r\n");

        client.Expect("bye").ExpectEnd();
        Accepted.Single().Info.FilterState["envoy.tcp_proxy.propagate_response_trailers"].Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["headers"] = new List<Dictionary<string, object>> { new() { ["key"] = "x-t", ["value"] = "1" } },
        });
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Post_AnswerWithoutABody_IsARefusal()
    {
        Cluster("app", A);
        Listen(With(new TunnelingConfig("t") { UsePost = true }));
        var client = Connect();

        _proxy.Accept().Send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

        client.ExpectEnd();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Http2_Granted_EndsEachDirectionOnItsOwn(bool post)
    {
        Cluster(Http2, A);
        Listen(With(new TunnelingConfig("target.test:443") { UsePost = post }));
        var client = Connect().Send("early");
        var proxy = _proxy.Accept().Send(Settings);
        Runtime.RunUntilIdle();
        proxy.Take().Should().StartWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").And.EndWith(Settings[..4] + "\x01\0\0\0\0", "the tunnel is not granted yet");

        proxy.Send(Frame(1, 4, "\x88") + Frame(0, 0, "hello"));
        client.Expect("hello");
        proxy.ReadUntil("early");
        proxy.Send(Frame(0, 1, ""));
        client.ExpectEnd();
        client.Send("last").SendEnd();

        proxy.ReadUntil("last");
        Runtime.RunUntilIdle();
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
        Stat("cluster.app.upstream_cx_active").Should().Be(1, "the connection is there for others");
        Stat("cluster.app.upstream_rq_tx_reset").Should().Be(0);
    }

    [TestCase("\x88", 1)] // 200 without a body
    [TestCase("\x89", 0)] // 204
    [TestCase("\x8e", 0)] // 500
    public void Http2_NotGranted_EndsTheConnection(string block, int end)
    {
        Cluster(Http2, A);
        Listen(With(new TunnelingConfig("t")));
        var client = Connect();

        _proxy.Accept().Send(Settings + Frame(1, 4 + end, block));

        client.ExpectEnd();
        Log.Lines.Single().Should().Contain("UpstreamConnectionFailure");
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [Test]
    public void Http2_ClientGoes_ResetsTheStream()
    {
        Cluster(Http2, A);
        Listen(With(new TunnelingConfig("t")));
        var client = Connect();
        _proxy.Accept().Send(Settings + Frame(1, 4, "\x88"));
        Runtime.RunUntilIdle();

        client.Reset();
        Runtime.RunUntilIdle();

        Stat("cluster.app.upstream_rq_tx_reset").Should().Be(1);
        Stat("cluster.app.upstream_rq_active").Should().Be(0);
    }

    [TestCase("", "", "x-request-id", "tunnel_request_id")]
    [TestCase("x-id", "id", "x-id", "id")]
    public void RequestId_GoesIntoAHeaderAndMetadata(string header, string key, string expectedHeader, string expectedKey)
    {
        Cluster("app", A);
        Listen(With(new TunnelingConfig("t") { RequestId = new TunnelRequestIdConfig { Header = header, MetadataKey = key } }));
        var client = Connect();
        var head = _proxy.Accept().ReadUntil("\r\n\r\n");

        head.Should().MatchRegex($"\r\n{expectedHeader}: [0-9a-f]{{8}}-[0-9a-f]{{4}}-4[0-9a-f]{{3}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}\r\n");
        client.Reset();
        Runtime.RunUntilIdle();
        Log.Metadata.Single()["envoy.filters.network.tcp_proxy"][expectedKey].Should().Be(head.Split(expectedHeader + ": ")[1].Split("\r\n")[0]);
    }

    [Test]
    public void DisabledByAFilter_ConnectsStraight()
    {
        Cluster("app", A);
        OnAccepted = static connection => connection.Info.FilterState["envoy.tcp_proxy.disable_tunneling"] = "true";
        Listen(With(new TunnelingConfig("t")));

        Connect().Send("plain");

        _proxy.Accept().Expect("plain");
    }

    [Test]
    public void PostPath_WithoutPost_IsRefused()
    {
        var listen = () => Listen(With(new TunnelingConfig("t") { PostPath = "/x" }));

        listen.Should().Throw<Proxy.Configuration.ConfigException>().WithMessage("*tunneling_config.post_path*use_post*");
    }

    private static ClusterConfig Http2 { get; } = new() { Name = "app", Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Http2 } };

    private static TcpProxyConfig With(TunnelingConfig tunneling) => ToApp with { Tunneling = tunneling };

    private static string Frame(int type, int flags, string payload) => $"\0\0{(char)payload.Length}{(char)type}{(char)flags}\0\0\0\x01{payload}";
}
