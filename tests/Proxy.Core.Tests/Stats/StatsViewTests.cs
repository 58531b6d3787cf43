using System.Diagnostics.Metrics;
using System.Text;
using Proxy.Configuration;
using Proxy.Testing;

namespace Proxy.Stats;

public sealed class StatsViewTests : SimulatedFixture
{
    private static readonly StatSchema Schema = new();
    private static readonly CounterId Total = Schema.Counter("upstream_rq_total");
    private static readonly CounterId Other = Schema.Counter("upstream_rq_timeout");
    private static readonly CodeFamilyId Codes = Schema.CodeFamily("upstream_rq_");
    private static readonly GaugeId Active = Schema.Gauge("upstream_rq_active");
    private static readonly HistogramId Time = Schema.Histogram("upstream_rq_time", StatUnit.Milliseconds);

    private readonly StatsStore _store = new();
    private readonly StatsReader _reader;

    public StatsViewTests()
        : base(workers: 2)
    {
        _reader = _store.Reader;
    }

    [Test]
    public void Read_SeveralShardsAndGroupsOfOneName_AreSummed()
    {
        var first = _store.CreateGroup(Schema, "cluster.u.");
        var second = _store.CreateGroup(Schema, "cluster.u.");
        first.Shard(Runtime.Workers[0]).Increment(Total);
        first.Shard(Runtime.Workers[1]).Add(Total, 5);
        second.Shard(Runtime.Workers[1]).Increment(Total);
        first.Shard(Runtime.Workers[0]).Increment(Active);
        first.Shard(Runtime.Workers[1]).Increment(Codes, 503);
        second.Shard(Runtime.Workers[0]).Increment(Codes, 503);

        var stats = _reader.Read();

        stats.Counters.Should().Equal(
            new NumberSample("cluster.u.upstream_rq_503", 2, true),
            new NumberSample("cluster.u.upstream_rq_timeout", 0, false),
            new NumberSample("cluster.u.upstream_rq_total", 7, true));
        stats.Gauges.Should().Equal(new NumberSample("cluster.u.upstream_rq_active", 1, true));
    }

    [Test]
    public void Read_GroupRemoved_IsGone()
    {
        var group = _store.CreateGroup(Schema, "cluster.u.");
        group.Shard(Worker).Increment(Total);
        group.Remove();

        _reader.Read().Counters.Should().BeEmpty();
    }

    [Test]
    public void Read_GroupOfTwoOwners_StaysUntilBothHaveGone()
    {
        var first = _store.CreateScope();
        var second = _store.CreateScope();
        first.CreateGroup(Schema, "http.in.").Shard(Worker).Increment(Total);
        second.CreateGroup(Schema, "http.in.").Shard(Worker).Increment(Total);

        first.Remove();
        first.Remove();
        _reader.Read().Counters.Should().ContainSingle(static sample => sample.Name == "http.in.upstream_rq_total").Which.Value.Should().Be(2);
        second.Remove();

        _reader.Read().Counters.Should().BeEmpty();
    }

    [Test]
    public void Read_GroupMadeForAnOwnerThatHasGone_IsNotShown()
    {
        var scope = _store.CreateScope();
        scope.Remove();

        scope.CreateGroup(Schema, "http.in.").Shard(Worker).Increment(Total);

        _reader.Read().Counters.Should().BeEmpty();
    }

    [Test]
    public void ResetCounters_CountedAlready_ShowsWhatComesAfter()
    {
        var shard = _store.CreateGroup(Schema, "cluster.u.").Shard(Worker);
        shard.Add(Total, 9);
        shard.Increment(Codes, 200);
        shard.Set(Active, 3);
        _reader.ResetCounters();
        shard.Increment(Total);

        Text().Should().Be(
            "cluster.u.upstream_rq_200: 0\ncluster.u.upstream_rq_active: 3\ncluster.u.upstream_rq_timeout: 0\ncluster.u.upstream_rq_total: 1\n"
            + "cluster.u.upstream_rq_time: No recorded values\n");
    }

    [Test]
    public void Flush_ValuesBeforeAndAfter_SplitIntervalFromTotal()
    {
        var shard = _store.CreateGroup(Schema, "cluster.u.").Shard(Worker);
        shard.Record(Time, 3);
        _reader.Flush();
        Histogram().Should().StartWith("P0(3,3) P25(3.025,3.025)").And.EndWith("P100(3.1,3.1)");

        _reader.Flush();
        Histogram().Should().StartWith("P0(nan,3)");

        shard.Record(Time, 50);
        _reader.Flush();
        Histogram().Should().StartWith("P0(50,3)").And.EndWith("P100(51,51)");
    }

    [Test]
    public void Prometheus_NumbersOfSeveralClusters_StandTogetherUnderOneType()
    {
        _store.CreateGroup(Schema, "cluster.a.").Shard(Worker).Increment(Codes, 200);
        _store.CreateGroup(Schema, "cluster.b\".").Shard(Worker).Increment(Codes, 404);

        var text = new StatsPrometheus(StatTags.Default).Render(_reader.Read(name => name.Contains("_rq_", StringComparison.Ordinal)), HistogramView.Cumulative, withTexts: false);

        text.Should().Contain(
            "# TYPE envoy_cluster_upstream_rq counter\n"
            + "envoy_cluster_upstream_rq{envoy_response_code=\"200\",envoy_cluster_name=\"a\"} 1\n"
            + "envoy_cluster_upstream_rq{envoy_response_code=\"404\",envoy_cluster_name=\"b\\\"\"} 1\n");
    }

    [Test]
    public void Prometheus_Histogram_HasBucketsSumAndCount()
    {
        _store.CreateGroup(Schema, "cluster.a.").Shard(Worker).Record(Time, 7);

        var text = new StatsPrometheus(StatTags.Default).Render(_reader.Read(), HistogramView.Cumulative, withTexts: false);

        text.Should().Contain("# TYPE envoy_cluster_upstream_rq_time histogram\n")
            .And.Contain("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"a\",le=\"5\"} 0\n")
            .And.Contain("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"a\",le=\"10\"} 1\n")
            .And.Contain("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"a\",le=\"+Inf\"} 1\n")
            .And.Contain("envoy_cluster_upstream_rq_time_sum{envoy_cluster_name=\"a\"} 7\n")
            .And.EndWith("envoy_cluster_upstream_rq_time_count{envoy_cluster_name=\"a\"} 1\n");
    }

    [Test]
    public void Json_NumbersTextsAndHistograms_HaveTheirShapes()
    {
        var shard = _store.CreateGroup(Schema, "c.").Shard(Worker);
        shard.Record(Time, 0);
        _store.SetText("v", "1");

        var json = Encoding.UTF8.GetString(StatsJson.Render(_reader.Read(name => name is "v" or "c.upstream_rq_total" or "c.upstream_rq_time"), HistogramView.Summary, indented: false));

        json.Should().StartWith("""{"stats":[{"name":"v","value":"1"},{"name":"c.upstream_rq_total","value":0},{"histograms":{"supported_quantiles":[0,25,50,75,90,95,99,99.5,99.9,100],"computed_quantiles":[{"name":"c.upstream_rq_time","values":[{"interval":null,"cumulative":0},""");
    }

    [Test]
    public void Meter_Collected_ShowsNamesValuesAndTags()
    {
        var shard = _store.CreateGroup(Schema, "cluster.u.").Shard(Worker);
        shard.Increment(Codes, 503);
        shard.Increment(Active);
        using var meter = new Meter(StatsMeter.Name);
        var view = new StatsMeter(_store, new StatTags(new StatsConfig()), meter);
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == StatsMeter.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen.Add(instrument.Name + " " + value + " " + string.Join(',', tags.ToArray().Select(tag => tag.Key + "=" + tag.Value))));
        listener.Start();

        _store.CreateGroup(Schema, "cluster.late.").Shard(Worker).Set(Active, 4);
        view.Refresh();
        listener.RecordObservableInstruments();

        seen.Should().Contain("envoy_cluster_upstream_rq 1 envoy.response_code=503,envoy.cluster_name=u")
            .And.Contain("envoy_cluster_upstream_rq_active 1 envoy.cluster_name=u")
            .And.Contain("envoy_cluster_upstream_rq_active 4 envoy.cluster_name=late");
    }

    private string Text() => StatsText.Render(_reader.Read(), HistogramView.Summary);

    private string Histogram() => Text().Split('\n').Single(line => line.Contains("_time: ", StringComparison.Ordinal)).Split(": ")[1];
}
