using System.Net;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MirrorTests : RouterFixture
{
    private static readonly IPEndPoint ShadowAddress = IPEndPoint.Parse("10.9.9.5:80");

    private TestUpstream _shadow = null!;
    private Func<ClusterConfig, ClusterConfig> _changeShadow = static cluster => cluster;

    [Test]
    public void Mirror_Request_IsCopiedWithItsBody()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        var client = Client().Send(Post("payload", "x-forwarded-for: 1.2.3.4\r\n"));

        var request = Upstream.Accept();
        var copy = _shadow.Accept();
        request.ReadUntil("\r\n\r\n").Should().Contain("host: a.test\r\n").And.NotContain("x-envoy-internal");
        var head = copy.ReadUntil("\r\n\r\n");
        head.Should().StartWith("POST / HTTP/1.1\r\nhost: a.test-shadow\r\ncontent-length: 7\r\n").And.Contain("x-envoy-internal: true\r\n").And.MatchRegex("x-forwarded-for: 1.2.3.4,.+\r\n");
        copy.Expect("payload");
        copy.Send(Ok("nobody sees this", "x-a: b\r\n"));
        request.Expect("payload").Send(Ok("answer"));

        Answer(client).Body.Should().Be("answer");
        Stat("cluster.shadow.upstream_rq_total").Should().Be(1);
        Stat("cluster.shadow.internal.upstream_rq_2xx").Should().Be(1);
        Stat("cluster.shadow.upstream_rq_completed").Should().Be(1);
        Stat("cluster.app.upstream_rq_completed").Should().Be(1);
    }

    [TestCase("h.test", "h.test-shadow")]
    [TestCase("h.test:81", "h.test-shadow:81")]
    [TestCase("[::1]", "[::1]-shadow")]
    [TestCase("[::1]:81", "[::1]-shadow:81")]
    public void Mirror_Host_GetsItsSuffixBeforeThePort(string host, string expected)
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        Client().Send($"GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");

        _shadow.Accept().ReadUntil("\r\n\r\n").Should().Contain($"host: {expected}\r\n");
    }

    [Test]
    public void Mirror_Options_ChangeTheCopyOnly()
    {
        StartMirroring(
            new MirrorPolicyConfig { Cluster = "shadow", KeepsHost = true },
            new MirrorPolicyConfig
            {
                ClusterHeader = "x-copy-to",
                HostRewrite = "copy.test",
                Mutations =
                [
                    new AppendHeaderMutation(new HeaderAddition("x-old", "%REQ(x-copy-to)%")),
                    new RemoveHeaderMutation("x-copy-to"),
                ],
            });
        Client().Send(Get("/", "x-copy-to: shadow\r\n"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-copy-to: shadow\r\n").And.NotContain("x-old");
        _shadow.Accept().ReadUntil("\r\n\r\n").Should().Contain("host: a.test\r\n");
        _shadow.Accept().ReadUntil("\r\n\r\n").Should().Contain("host: copy.test\r\n").And.Contain("x-old: shadow\r\n").And.NotContain("x-copy-to");
    }

    [Test]
    public void Mirror_ShareOfNothingUnknownClusterOrNoHeader_CopiesNothing()
    {
        StartMirroring(
            new MirrorPolicyConfig { Cluster = "shadow", Fraction = new FractionConfig(0) },
            new MirrorPolicyConfig { Cluster = "unknown" },
            new MirrorPolicyConfig { ClusterHeader = "x-copy-to" });
        var client = Client().Send(Get());

        Upstream.Accept().Send(Ok());
        Answer(client).Body.Should().Be("ok");
        _shadow.Connections.Should().Be(0);
    }

    [Test]
    public void Mirror_ShadowIsDown_RequestGoesOn()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "dead" }, new MirrorPolicyConfig { Cluster = "empty" });
        var client = Client().Send(Get());

        Upstream.Accept().Send(Ok());

        Answer(client).Body.Should().Be("ok");
        Stat("cluster.dead.upstream_rq_5xx").Should().Be(1);
        Stat("cluster.empty.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Mirror_RequestIsAnsweredFirst_CopyGoesOn()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok());
        Answer(client);
        var copy = _shadow.Accept();

        copy.Send(Ok());
        Runtime.RunUntilIdle();

        Stat("cluster.shadow.upstream_rq_2xx").Should().Be(1);
        copy.IsOpen.Should().BeTrue("the connection serves the next copy");
        copy.Take();
        client.Send(Get());
        copy.ReadUntil("\r\n\r\n").Should().StartWith("GET / ");
    }

    [Test]
    public void Mirror_ShadowHangs_IsGivenUpAfterTheTimeoutOfTheRoute()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        var client = Client().Send(Get());
        Upstream.Accept().Send(Ok());
        Answer(client);
        var copy = _shadow.Accept();

        Runtime.Advance(15_000);

        copy.IsOpen.Should().BeFalse();
        Stat("cluster.shadow.upstream_rq_timeout").Should().Be(1);
        Stat("cluster.shadow.upstream_rq_5xx").Should().Be(1);
    }

    [Test]
    public void Mirror_ClientLeavesBeforeTheEnd_CopyIsGivenUp()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 10\r\n\r\nhalf");
        var copy = _shadow.Accept();
        copy.ReadUntil("half");

        client.Reset();
        Runtime.RunUntilIdle();

        copy.IsOpen.Should().BeFalse("half a request must not look like a whole one");
    }

    [Test]
    public void Mirror_ShadowDoesNotTakeTheBody_IsGivenUpAndCounted()
    {
        StartMirroring(new MirrorPolicyConfig { Cluster = "shadow" });
        var body = new string('x', 3_000_000);
        var client = Client().Send($"POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: {body.Length}\r\n\r\n");
        _shadow.Accept().PauseReading();

        client.Send(body);
        var request = Upstream.Accept();
        request.ReadUntil("\r\n\r\n");
        request.Expect(body).Send(Ok());

        Answer(client).Body.Should().Be("ok", "a slow copy must not slow the request down");
        Stat("cluster.app.retry_or_shadow_abandoned").Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Mirror_Trailers_AreCopiedWhereTheClusterTakesThem(bool passed)
    {
        _changeShadow = cluster => cluster with { Http = cluster.Http with { Http1 = new Http1Config { EnableTrailers = passed } } };
        StartMirroring(static manager => manager with { Http1 = new Http1Config { EnableTrailers = true } }, new MirrorPolicyConfig { Cluster = "shadow" });
        Client().Send("POST / HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n");

        var copy = _shadow.Accept();
        copy.ReadUntil("\r\n\r\n");
        copy.Expect("2\r\nhi\r\n0\r\n" + (passed ? "x-t: 1\r\n\r\n" : "\r\n"));
    }

    private void StartMirroring(params MirrorPolicyConfig[] mirrors) => StartMirroring(static manager => manager, mirrors);

    private void StartMirroring(Func<HttpConnectionManagerConfig, HttpConnectionManagerConfig> change, params MirrorPolicyConfig[] mirrors)
    {
        _shadow = TestUpstream.Listen(Runtime, ShadowAddress);
        MoreClusters = [_changeShadow(Cluster("shadow", ShadowAddress))];
        Start(Table(To("app", "/", action => action with { Mirrors = [.. mirrors] })), change: change);
    }
}
