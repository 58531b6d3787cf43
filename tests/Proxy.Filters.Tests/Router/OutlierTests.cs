using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

/// <summary>What the router tells outlier detection.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OutlierTests : RouterFixture
{
    [TestCase("HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n", true)]
    [TestCase("HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n", false)]
    [TestCase("HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n", false)]
    [TestCase("junk\r\n\r\n", true)]
    public void Router_Answer_CountsByItsStatus(string answer, bool ejected)
    {
        EjectAtOnce();
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send(answer);
        Answer(client);
        Runtime.RunUntilIdle();

        Stat(Ejections).Should().Be(ejected ? 1 : 0);
    }

    [Test]
    public void Router_Timeout_Counts()
    {
        EjectAtOnce();
        Start(To("app", "/", static action => action with { Timeout = TimeSpan.FromMilliseconds(100) }));
        var client = Client().Send(Get());
        Upstream.Accept();
        Runtime.Advance(150);

        Answer(client).Head.Should().StartWith("HTTP/1.1 504");
        Runtime.RunUntilIdle();
        Stat(Ejections).Should().Be(1);
    }

    [Test]
    public void Router_GrpcStatusInTheHead_CountsInPlaceOfTheHttpStatus()
    {
        EjectAtOnce();
        Start(To("app"));
        var client = Client().Send(Get("/", "content-type: application/grpc\r\n"));
        Upstream.Accept().Send("HTTP/1.1 200 OK\r\ngrpc-status: 14\r\ncontent-length: 0\r\n\r\n");
        Answer(client);
        Runtime.RunUntilIdle();

        Stat(Ejections).Should().Be(1);
    }

    [Test]
    public void Router_OverflowOfAPool_SaysNothingAboutTheHost()
    {
        EjectAtOnce(static cluster => cluster with { DefaultBreaker = new CircuitBreakerConfig { MaxPendingRequests = 0 } });
        Start(To("app"));

        Answer(Client().Send(Get())).Head.Should().StartWith("HTTP/1.1 503");

        Runtime.RunUntilIdle();
        Stat(Ejections).Should().Be(0);
    }

    [Test]
    public void Router_ReusedConnectionHadGone_SaysNothingAboutTheHost()
    {
        EjectAtOnce();
        Start(To("app"));
        var client = Client().Send(Get());
        var first = Upstream.Accept();
        first.Send(Ok());
        Answer(client);
        client.Send(Get());
        Runtime.RunUntilIdle();
        first.Reset();

        Upstream.Accept().Send(Ok("again"));
        Answer(client).Body.Should().Be("again");

        Stat(Ejections).Should().Be(0);
    }

    [TestCase("x-health: bad\r\n", 200, true)]
    [TestCase("", 500, false)]
    public void Router_ErrorMatcher_DecidesInPlaceOfTheStatus(string header, int status, bool ejected)
    {
        var bad = new HeadersErrorMatcherConfig([new HeaderMatcherConfig("x-health") { Text = new StringMatcherConfig(StringMatchKind.Exact, "bad") }]);
        EjectAtOnce(cluster => cluster with { Http = new UpstreamHttpConfig { OutlierErrors = new SetErrorMatcherConfig(All: true, [bad, new AnyErrorMatcherConfig()]) } });
        Start(To("app"));
        var client = Client().Send(Get());
        Upstream.Accept().Send($"HTTP/1.1 {status} X\r\n{header}content-length: 0\r\n\r\n");
        Answer(client);
        Runtime.RunUntilIdle();

        Stat(Ejections).Should().Be(ejected ? 1 : 0);
    }

    private const string Ejections = "cluster.app.outlier_detection.ejections_enforced_total";

    private void EjectAtOnce(Func<ClusterConfig, ClusterConfig>? change = null)
    {
        ChangeApp = cluster =>
        {
            var changed = cluster with { OutlierDetection = new OutlierDetectionConfig { Consecutive5xx = 1, MaxEjectionPercent = 100 } };
            return change?.Invoke(changed) ?? changed;
        };
    }
}
