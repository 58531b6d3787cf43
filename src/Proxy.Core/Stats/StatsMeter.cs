using System.Diagnostics.Metrics;
using System.Globalization;

namespace Proxy.Stats;

/// <summary>A proxy's stats as <c>System.Diagnostics.Metrics</c> instruments: Envoy's names and tags, read when a listener collects.</summary>
/// <remarks>
/// Instruments appear with the first group that has them. Histograms show as two counters, their <c>_count</c> and <c>_sum</c>, for there is no observable
/// histogram. Collecting is safe from any thread.
/// </remarks>
internal sealed class StatsMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Proxy";

    private readonly StatsStore _store;
    private readonly StatTags _tags;
    private readonly Meter _meter;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Source>> _instruments = new(StringComparer.Ordinal);
    private readonly HashSet<StatGroup> _known = [];

    public StatsMeter(StatsStore store, StatTags tags, Meter meter)
    {
        _store = store;
        _tags = tags;
        _meter = meter;
        Refresh();
    }

    /// <summary>Takes in groups that came and forgets those that went; called at each flush.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            var groups = _store.Snapshot();
            var present = groups.ToHashSet();
            if (_known.RemoveWhere(group => !present.Contains(group)) > 0)
            {
                foreach (var sources in _instruments.Values)
                {
                    sources.RemoveAll(source => !_known.Contains(source.Group));
                }
            }

            foreach (var group in groups.Where(_known.Add))
            {
                Take(group);
            }
        }
    }

    /// <summary>Takes the instruments away.</summary>
    public void Close() => _meter.Dispose();

    private void Take(StatGroup group)
    {
        var schema = group.Schema;
        for (var i = 0; i < schema.Counters.Count; i++)
        {
            Add(schema.Counters[i], "", new Source(group, Kind.Counter, i));
        }

        for (var i = 0; i < schema.Gauges.Count; i++)
        {
            Add(schema.Gauges[i], "", new Source(group, Kind.Gauge, i));
        }

        for (var i = 0; i < schema.CodeFamilies.Count; i++)
        {
            Add(schema.CodeFamilies[i] + "200", "", new Source(group, Kind.Codes, i)); // any status: it goes out of the name
        }

        for (var i = 0; i < schema.Histograms.Count; i++)
        {
            Add(schema.Histograms[i].Name, "_count", new Source(group, Kind.HistogramCount, i));
            Add(schema.Histograms[i].Name, "_sum", new Source(group, Kind.HistogramSum, i));
        }
    }

    private void Add(string statName, string suffix, Source source)
    {
        var name = StatsPrometheus.MetricName(_tags.Extract(source.Group.Prefix + statName).Name) + suffix;
        if (_instruments.TryGetValue(name, out var sources))
        {
            sources.Add(source);
            return;
        }

        List<Source> own = [source];
        _instruments.Add(name, own);
        if (source.Kind == Kind.Gauge)
        {
            _meter.CreateObservableUpDownCounter(name, () => Observe(own));
        }
        else
        {
            _meter.CreateObservableCounter(name, () => Observe(own));
        }
    }

    private List<Measurement<long>> Observe(List<Source> sources)
    {
        var result = new List<Measurement<long>>();
        lock (_gate)
        {
            foreach (var source in sources)
            {
                Observe(source, result);
            }
        }

        return result;
    }

    private void Observe(Source source, List<Measurement<long>> to)
    {
        var (group, kind, index) = source;
        switch (kind)
        {
            case Kind.Counter:
                to.Add(Measure(group, group.Schema.Counters[index], StatsReader.SumCounter(group, index)));
                break;
            case Kind.Gauge:
                to.Add(Measure(group, group.Schema.Gauges[index], StatsReader.SumGauge(group, index)));
                break;
            case Kind.Codes:
                foreach (var (status, value) in StatsReader.SumCodes(group, index))
                {
                    to.Add(Measure(group, group.Schema.CodeFamilies[index] + status.ToString(CultureInfo.InvariantCulture), value));
                }

                break;
            default:
                var merge = StatsReader.Merge(group, index);
                to.Add(Measure(group, group.Schema.Histograms[index].Name, kind == Kind.HistogramSum ? merge.Sum : merge.Count));
                break;
        }
    }

    private Measurement<long> Measure(StatGroup group, string statName, long value)
    {
        var tags = _tags.Extract(group.Prefix + statName).Tags;
        return new Measurement<long>(value, tags.Select(tag => new KeyValuePair<string, object?>(tag.Key, tag.Value)));
    }

    private enum Kind : byte
    {
        Counter,
        Gauge,
        Codes,
        HistogramCount,
        HistogramSum,
    }

    private readonly record struct Source(StatGroup Group, Kind Kind, int Index);
}
