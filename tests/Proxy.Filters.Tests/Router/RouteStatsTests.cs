using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Router;

/// <summary>What virtual clusters and routes with a stat prefix count.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RouteStatsTests : RouterFixture
{
    [TestCase("POST", "posts")]
    [TestCase("GET", "reads")]
    [TestCase("PUT", "other")]
    public void Request_VirtualClusters_TheFirstThatMatchesCounts(string method, string cluster)
    {
        LogText = "%VIRTUAL_CLUSTER_NAME%";
        Start(Counting(To("app")));
        var client = Client().Send(Get().Replace("GET", method, StringComparison.Ordinal));
        Upstream.Accept().Send(Ok());

        Answer(client).Body.Should().Be("ok");
        Log.Should().Equal(cluster);
        foreach (var name in new[] { "posts", "reads", "other" })
        {
            var expected = name == cluster ? 1 : 0;
            Stat($"vhost.v.vcluster.{name}.upstream_rq_total").Should().Be(expected);
            Stat($"vhost.v.vcluster.{name}.upstream_rq_completed").Should().Be(expected);
            Stat($"vhost.v.vcluster.{name}.upstream_rq_2xx").Should().Be(expected);
        }
    }

    [Test]
    public void Request_WithoutAnUpstream_CountsAnAnswerButNoTry()
    {
        Start(Counting(To("empty")));

        Answer(Client().Send(Get())).Head.Should().StartWith("HTTP/1.1 503");
        Stat("vhost.v.vcluster.reads.upstream_rq_5xx").Should().Be(1);
        Stat("vhost.v.vcluster.reads.upstream_rq_total").Should().Be(0);
    }

    [Test]
    public void Request_Retried_CountsTriesAndTheirEnd()
    {
        var policy = new RetryPolicyConfig { RetryOn = "5xx" };
        Start(Counting(To("app", "/", action => action with { RetryPolicy = policy }) with { StatPrefix = "r" }));
        var client = Client().Send(Get());
        Upstream.Accept().Send("HTTP/1.1 503 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        Runtime.Advance(300);
        Upstream.Accept().Send("HTTP/1.1 503 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");

        Answer(client).Head.Should().StartWith("HTTP/1.1 503");
        foreach (var prefix in new[] { "vhost.v.vcluster.reads", "vhost.v.route.r" })
        {
            Stat($"{prefix}.upstream_rq_total").Should().Be(2);
            Stat($"{prefix}.upstream_rq_completed").Should().Be(1, "the answer that was retried is the cluster's business");
            Stat($"{prefix}.upstream_rq_retry").Should().Be(1);
            Stat($"{prefix}.upstream_rq_retry_limit_exceeded").Should().Be(1);
            Stat($"{prefix}.upstream_rq_retry_success").Should().Be(0);
        }
    }

    [Test]
    public void Request_TimesOut_IsCounted()
    {
        Start(Counting(To("app", "/", static action => action with { Timeout = TimeSpan.FromMilliseconds(50) }) with { StatPrefix = "r" }));
        var client = Client().Send(Get());
        Upstream.Accept();
        Runtime.Advance(60);

        Answer(client).Head.Should().StartWith("HTTP/1.1 504");
        Stat("vhost.v.vcluster.reads.upstream_rq_timeout").Should().Be(1);
        Stat("vhost.v.route.r.upstream_rq_timeout").Should().Be(1);
        Stat("vhost.v.route.r.upstream_rq_5xx").Should().Be(1);
    }

    private static RouteTableConfig Counting(RouteConfig route)
    {
        var table = Table(route);
        var host = table.VirtualHosts[0] with { VirtualClusters = [Method("posts", "POST"), Method("reads", "GET")] };
        return table with { VirtualHosts = [host] };
    }

    private static VirtualClusterConfig Method(string name, string method) => new(name)
    {
        Headers = [new HeaderMatcherConfig(":method") { Text = new StringMatcherConfig(StringMatchKind.Exact, method) }],
    };
}
