using System.Text;
using Proxy.Configuration;
using Proxy.Filters.Admin.Handlers;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Filters.Admin;

public sealed class StatsHandlerTests : SimulatedFixture
{
    private static readonly StatSchema Schema = new();
    private static readonly CounterId Total = Schema.Counter("upstream_rq_total");
    private static readonly CounterId Retry = Schema.Counter("upstream_rq_retry");
    private static readonly GaugeId Members = Schema.Gauge("membership_total");
    private static readonly HistogramId Time = Schema.Histogram("upstream_rq_time", StatUnit.Milliseconds);

    private readonly StatsStore _stats = new();

    [SetUp]
    public void Count()
    {
        var shard = _stats.CreateGroup(Schema, "cluster.u.").Shard(Worker);
        shard.Increment(Total);
        shard.Set(Members, 1);
        shard.Record(Time, 3);
    }

    [TestCase("/stats", "cluster.u.membership_total: 1\ncluster.u.upstream_rq_retry: 0\ncluster.u.upstream_rq_total: 1\ncluster.u.upstream_rq_time: P0(nan,3) P25(nan,3.025) P50(nan,3.05) P75(nan,3.075) P90(nan,3.09) P95(nan,3.095) P99(nan,3.099) P99.5(nan,3.0995) P99.9(nan,3.0999) P100(nan,3.1)\n")]
    [TestCase("/stats?filter=%5Ecluster%5C.u%5C.upstream_rq_(total%7Cretry)%24", "cluster.u.upstream_rq_retry: 0\ncluster.u.upstream_rq_total: 1\n")]
    [TestCase("/stats?usedonly&filter=_rq_re", "")]
    [TestCase("/stats?type=Gauges", "cluster.u.membership_total: 1\n")]
    [TestCase("/stats?type=Counters&filter=membership", "")]
    [TestCase("/stats?filter=upstream&invert_filter&type=Counters", "")]
    [TestCase("/stats?filter=nothing_like_this", "")]
    [TestCase("/stats?type=Histograms&histogram_buckets=disjoint&filter=time", "cluster.u.upstream_rq_time: B0.5(0,0) B1(0,0) B5(0,1) B10(0,0) B25(0,0) B50(0,0) B100(0,0) B250(0,0) B500(0,0) B1000(0,0) B2500(0,0) B5000(0,0) B10000(0,0) B30000(0,0) B60000(0,0) B300000(0,0) B600000(0,0) B1800000(0,0) B3600000(0,0) Binf(0,0)\n")]
    public void Stats_Parameters_ChooseWhatIsShown(string target, string expected)
    {
        // Quantiles are sums of floating point numbers: compare them to four digits.
        var shown = System.Text.RegularExpressions.Regex.Replace(Text(Stats(target)), @"\d+\.\d{5,}", m => double.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture));

        shown.Should().Be(expected);
    }

    [TestCase("/stats?format=nonsense", "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n")]
    [TestCase("/stats?type=nonsense", "usage: /stats?type=(All|Counters|Histograms|Gauges|TextReadouts)\n\n")]
    [TestCase("/stats?histogram_buckets=nonsense", "usage: /stats?histogram_buckets=(summary|cumulative|disjoint|detailed)\n")]
    [TestCase("/stats?filter=%5Bbad", null)]
    public void Stats_WrongParameter_IsRefused(string target, string? text)
    {
        var response = Stats(target);

        response.Status.Should().Be(400);
        response.ContentType.Should().Be("text/plain; charset=UTF-8");
        Text(response).Should().Match(body => text == null ? body.Length > 0 : body == text);
    }

    [Test]
    public void Stats_Json_HasItsContentTypeAndNumbers()
    {
        var response = Stats("/stats?format=json&filter=total$");

        response.ContentType.Should().Be("application/json");
        Text(response).Should().Be("""{"stats":[{"name":"cluster.u.membership_total","value":1},{"name":"cluster.u.upstream_rq_total","value":1}]}""");
    }

    [Test]
    public void Prometheus_ByEitherPath_IsTheSame()
    {
        var byPath = Text(StatsHandler.ForPrometheus(_stats, () => new StatsConfig()).Handle(AdminRequest.Parse("GET", "/stats/prometheus?filter=rq_total")));

        byPath.Should().Be("# TYPE envoy_cluster_upstream_rq_total counter\nenvoy_cluster_upstream_rq_total{envoy_cluster_name=\"u\"} 1\n");
        Text(Stats("/stats?format=prometheus&filter=rq_total")).Should().Be(byPath);
    }

    [Test]
    public void Stats_FlushOnAdmin_EndsTheIntervalFirst()
    {
        var config = new StatsConfig { FlushOnAdmin = true };

        Text(StatsHandler.For(_stats, () => config).Handle(AdminRequest.Parse("GET", "/stats?type=Histograms"))).Should().Contain("P0(3,3)");
    }

    [Test]
    public void Stats_Page_EscapesTheFilter()
    {
        var page = Text(Stats("/stats?format=html&filter=%22%3E%3Cb"));

        page.Should().Contain("value=\"&quot;&gt;&lt;b\"").And.NotContain("\"><b");
    }

    private AdminResponse Stats(string target) => StatsHandler.For(_stats, () => new StatsConfig()).Handle(AdminRequest.Parse("GET", target));

    private static string Text(AdminResponse response) => Encoding.UTF8.GetString(response.Body.Span);
}
