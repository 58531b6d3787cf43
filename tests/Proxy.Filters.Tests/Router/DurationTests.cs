using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DurationTests : RouterFixture
{
    private void LimitApp() => ChangeApp = static cluster => cluster with { Http = cluster.Http with { MaxStreamDuration = TimeSpan.FromSeconds(2) } };

    private const string Grpc = "content-type: application/grpc\r\n";

    [Test]
    public void StreamDuration_OfTheRoute_EndsTheStream()
    {
        StartWith(new StreamDurationConfig { Max = TimeSpan.FromSeconds(2) });
        var client = Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().NotContain("expected-rq-timeout", "the timeout of the route has no say");

        Runtime.Advance(1_999);
        client.ExpectSilence();
        Runtime.Advance(1);

        Answer(client).Should().Match<(string Head, string Body)>(static a => a.Head.StartsWith("HTTP/1.1 504") && a.Body == "downstream duration timeout");
        Log.Should().Equal("504 - max_duration_timeout");
        Stat("http.in.downstream_rq_max_duration_reached").Should().Be(1);
    }

    [Test]
    public void StreamDuration_OfTheCluster_EndsTheTry()
    {
        LimitApp();
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n");

        Runtime.Advance(1_999);
        client.ExpectSilence();
        Runtime.Advance(1);

        Answer(client).Should().Match<(string Head, string Body)>(static a => a.Head.StartsWith("HTTP/1.1 504") && a.Body == "upstream max stream duration reached");
        Log.Should().Equal("504 UMSDR upstream_max_stream_duration_reached");
        Stat("cluster.app.upstream_rq_max_duration_reached").Should().Be(1);
    }

    [Test]
    public void StreamDuration_OfTheCluster_RequestIsNotComplete_Answers408()
    {
        LimitApp();
        Start(To("app"));
        var client = Client().Send("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 5\r\n\r\nab");
        Upstream.Accept().ReadUntil("ab");

        Runtime.Advance(2_000);

        Answer(client).Head.Should().StartWith("HTTP/1.1 408");
    }

    [Test]
    public void StreamDuration_OfTheCluster_AnswerHasBegun_CutsIt()
    {
        LimitApp();
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab");

        Runtime.Advance(2_000);
        client.ReadUntil("ab");
        client.ExpectEnd();

        Log.Should().Equal("200 UMSDR upstream_max_stream_duration_reached");
    }

    [Test]
    public void StreamDuration_OfTheCluster_IsThatOfEachTry()
    {
        LimitApp();
        Start(To("app", "/", static action => action with { RetryPolicy = new RetryPolicyConfig { RetryOn = "reset" } }));
        var client = Client().Send(Get());
        Upstream.Accept().ReadUntil("\r\n\r\n");

        Runtime.Advance(2_000);
        Runtime.Advance(1_000);
        Upstream.Accept().Send(Ok());

        Answer(client).Head.Should().StartWith("HTTP/1.1 200");
        Runtime.Advance(10_000);
        Stat("cluster.app.upstream_rq_max_duration_reached").Should().Be(1, "a complete answer has no limit any more");
    }

    [TestCase("500", 500)]
    [TestCase("3000", 3_000)]
    [TestCase("0", null)]
    [TestCase("junk", 2_000)]
    public void StreamDuration_HeaderOfATrustedClient_WinsOverTheClusterAndStaysHere(string asked, int? expected)
    {
        LimitApp();
        Start(
            Table(To("app")),
            null,
            static config => config with { InternalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] });
        var client = Client().Send(Get("/", $"x-forwarded-for: 10.0.0.1\r\nx-envoy-upstream-stream-duration-ms: {asked}\r\n"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().NotContain("stream-duration");

        Runtime.Advance((expected ?? 5_000) - 1);
        client.ExpectSilence();
        Runtime.Advance(1);

        client.Text.StartsWith("HTTP/1.1 504", StringComparison.Ordinal).Should().Be(expected is not null);
    }

    [Test]
    public void StreamDuration_OfTheClusterOfACopy_EndsTheCopyAlone()
    {
        MoreClusters = [Cluster("mirror", OtherAddress) with { Http = new UpstreamHttpConfig { MaxStreamDuration = TimeSpan.FromSeconds(2) } }];
        var mirror = TestUpstream.Listen(Runtime, OtherAddress);
        Start(To("app", "/", static action => action with { Mirrors = [new MirrorPolicyConfig { Cluster = "mirror" }] }));
        var client = Client().Send(Get());
        var copy = mirror.Accept();
        copy.ReadUntil("\r\n\r\n");

        Runtime.Advance(2_000);
        Upstream.Accept().Send(Ok());

        copy.IsOpen.Should().BeFalse();
        Answer(client).Head.Should().StartWith("HTTP/1.1 200");
        Stat("cluster.mirror.upstream_rq_max_duration_reached").Should().Be(1);
    }

    [TestCase(null, 1_000)]
    [TestCase(0, null)]
    [TestCase(3_000, 3_000)]
    public void StreamDuration_RouteAndManager_RouteWins(int? route, int? expected)
    {
        StartWith(
            new StreamDurationConfig { Max = route is { } ms ? TimeSpan.FromMilliseconds(ms) : null },
            static manager => manager with { MaxStreamDuration = TimeSpan.FromSeconds(1) });
        var client = Client().Send(Get());

        Runtime.Advance((expected ?? 30_000) - 1);
        client.ExpectSilence();
        Runtime.Advance(1);

        client.Text.StartsWith("HTTP/1.1 504", StringComparison.Ordinal).Should().Be(expected is not null);
    }

    [TestCase("5S", 10_000, null, 5_000)]
    [TestCase("20S", 10_000, null, 10_000)]
    [TestCase("20S", 0, null, 20_000)]
    [TestCase("5S", 10_000, 1_000, 4_000)]
    [TestCase("junk", 10_000, null, 2_000)]
    public void GrpcTimeout_IsTheDurationWithinLimits(string asked, int max, int? offset, int expected)
    {
        StartWith(new StreamDurationConfig
        {
            Max = TimeSpan.FromSeconds(2),
            GrpcTimeoutMax = TimeSpan.FromMilliseconds(max),
            GrpcTimeoutOffset = offset is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        });
        var client = Client().Send(Get("/", Grpc + $"grpc-timeout: {asked}\r\n"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain($"grpc-timeout: {expected}m\r\n");

        Runtime.Advance(expected - 1);
        client.ExpectSilence();
        Runtime.Advance(1);

        client.Text.Should().Contain("grpc-status: 14\r\n");
    }

    [TestCase("5S", 10_000, null, 5_000)]
    [TestCase("20S", 10_000, null, 10_000)]
    [TestCase("5S", 10_000, 1_000, 4_000)]
    [TestCase("500m", 10_000, 1_000, 500, Description = "an offset that would leave nothing is left out")]
    [TestCase("", 10_000, null, 10_000)]
    public void MaxGrpcTimeout_OldField_CapsTheTimeoutOfTheRoute(string asked, int max, int? offset, int expected)
    {
        Start(To("app", "/", action => action with
        {
            MaxGrpcTimeout = TimeSpan.FromMilliseconds(max), GrpcTimeoutOffset = offset is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        }));
        var client = Client().Send(Get("/", Grpc + (asked.Length > 0 ? $"grpc-timeout: {asked}\r\n" : "")));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain($"grpc-timeout: {expected}m\r\n").And.Contain($"x-envoy-expected-rq-timeout-ms: {expected}\r\n");

        Runtime.Advance(expected);

        client.Text.Should().Contain("grpc-status: 14\r\ngrpc-message: upstream request timeout\r\n");
    }

    [Test]
    public void MaxGrpcTimeout_OtherRequests_HaveTheTimeoutOfTheRoute()
    {
        Start(To("app", "/", static action => action with { MaxGrpcTimeout = TimeSpan.FromSeconds(1) }));
        Client().Send(Get("/", "grpc-timeout: 1S\r\n"));

        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-envoy-expected-rq-timeout-ms: 15000\r\n").And.Contain("grpc-timeout: 1S\r\n");
    }

    private void StartWith(StreamDurationConfig duration, Func<HttpConnectionManagerConfig, HttpConnectionManagerConfig>? change = null)
    {
        Start(Table(To("app", "/", action => action with { StreamDuration = duration })), change: change);
    }
}
