using System.Globalization;

namespace Proxy.Stats;

/// <summary>Merges the shards of a <see cref="StatsStore"/>: whole snapshots for admin, histogram intervals at each flush. On main only.</summary>
internal sealed class StatsReader
{
    private static readonly HistogramMerge Empty = new();

    private readonly StatsStore _store;
    private readonly Dictionary<StatGroup, GroupMarks> _marks = [];

    public StatsReader(StatsStore store) => _store = store;

    /// <summary>Ends an interval: histograms show what came during it until the next flush.</summary>
    public void Flush()
    {
        var groups = _store.Snapshot();
        foreach (var group in groups)
        {
            FlushHistograms(group);
        }

        Forget(groups);
    }

    /// <summary>Makes every counter show zero and count from here on.</summary>
    public void ResetCounters()
    {
        foreach (var group in _store.Snapshot())
        {
            var marks = MarksOf(group);
            for (var i = 0; i < marks.Counters.Length; i++)
            {
                marks.Counters[i] = SumCounter(group, i);
            }

            for (var i = 0; i < group.Schema.CodeFamilies.Count; i++)
            {
                marks.Codes[i] = SumCodes(group, i);
            }
        }
    }

    /// <summary>All stats whose full name <paramref name="wanted"/> accepts; null for all.</summary>
    public StatsSnapshot Read(Func<string, bool>? wanted = null)
    {
        var counters = new Dictionary<string, NumberSample>(StringComparer.Ordinal);
        var gauges = new Dictionary<string, NumberSample>(StringComparer.Ordinal);
        var histograms = new Dictionary<string, HistogramSample>(StringComparer.Ordinal);
        foreach (var group in _store.Snapshot())
        {
            _marks.TryGetValue(group, out var marks);
            ReadCounters(group, marks, counters, wanted);
            ReadCodes(group, marks, counters, wanted);
            ReadGauges(group, gauges, wanted);
            ReadHistograms(group, marks, histograms, wanted);
        }

        var texts = _store.Texts().Where(text => wanted is null || wanted(text.Name)).ToList();
        return new StatsSnapshot(
            Sorted(counters.Values, sample => sample.Name),
            Sorted(gauges.Values, sample => sample.Name),
            Sorted(texts, sample => sample.Name),
            Sorted(histograms.Values, sample => sample.Name));
    }

    internal static long SumCounter(StatGroup group, int index)
    {
        var sum = 0L;
        foreach (var shard in group.Shards)
        {
            sum += shard?.Read(new CounterId(index)) ?? 0;
        }

        return sum;
    }

    internal static long SumGauge(StatGroup group, int index)
    {
        var sum = 0L;
        foreach (var shard in group.Shards)
        {
            sum += shard?.Read(new GaugeId(index)) ?? 0;
        }

        return sum;
    }

    internal static Dictionary<int, long> SumCodes(StatGroup group, int index)
    {
        var sums = new Dictionary<int, long>();
        foreach (var shard in group.Shards)
        {
            var family = shard?.Family(index);
            for (var i = 0; i < family?.Count; i++)
            {
                var (status, value) = family.At(i);
                sums[status] = sums.GetValueOrDefault(status) + value;
            }
        }

        return sums;
    }

    internal static HistogramMerge Merge(StatGroup group, int index)
    {
        var merge = new HistogramMerge();
        foreach (var shard in group.Shards)
        {
            if (shard?.Histogram(index) is { } data)
            {
                merge.Add(data);
            }
        }

        return merge;
    }

    private static List<T> Sorted<T>(IEnumerable<T> samples, Func<T, string> name)
    {
        var list = samples.ToList();
        list.Sort((a, b) => string.CompareOrdinal(name(a), name(b)));
        return list;
    }

    private static void Add(Dictionary<string, NumberSample> samples, string name, long value, bool used)
    {
        samples.TryGetValue(name, out var before);
        samples[name] = new NumberSample(name, before.Value + value, before.Used || used);
    }

    private static void ReadCounters(StatGroup group, GroupMarks? marks, Dictionary<string, NumberSample> to, Func<string, bool>? wanted)
    {
        for (var i = 0; i < group.Schema.Counters.Count; i++)
        {
            var name = group.Prefix + group.Schema.Counters[i];
            if (wanted is null || wanted(name))
            {
                var value = SumCounter(group, i);
                Add(to, name, value - (marks?.Counters[i] ?? 0), value != 0);
            }
        }
    }

    private static void ReadCodes(StatGroup group, GroupMarks? marks, Dictionary<string, NumberSample> to, Func<string, bool>? wanted)
    {
        for (var i = 0; i < group.Schema.CodeFamilies.Count; i++)
        {
            foreach (var (status, value) in SumCodes(group, i))
            {
                var name = group.Prefix + group.Schema.CodeFamilies[i] + status.ToString(CultureInfo.InvariantCulture);
                if (wanted is null || wanted(name))
                {
                    Add(to, name, value - (marks?.Codes[i]?.GetValueOrDefault(status) ?? 0), true);
                }
            }
        }
    }

    private static void ReadGauges(StatGroup group, Dictionary<string, NumberSample> to, Func<string, bool>? wanted)
    {
        for (var i = 0; i < group.Schema.Gauges.Count; i++)
        {
            var name = group.Prefix + group.Schema.Gauges[i];
            if (wanted is null || wanted(name))
            {
                var value = SumGauge(group, i);
                Add(to, name, value, value != 0);
            }
        }
    }

    private static void ReadHistograms(StatGroup group, GroupMarks? marks, Dictionary<string, HistogramSample> to, Func<string, bool>? wanted)
    {
        for (var i = 0; i < group.Schema.Histograms.Count; i++)
        {
            var (own, unit) = group.Schema.Histograms[i];
            var name = group.Prefix + own;
            if (wanted is not null && !wanted(name))
            {
                continue;
            }

            var sample = new HistogramSample(name, unit, marks?.Intervals[i] ?? Empty, Merge(group, i));
            to[name] = to.TryGetValue(name, out var other) ? Join(sample, other) : sample;
        }
    }

    private static HistogramSample Join(HistogramSample a, HistogramSample b)
    {
        var interval = new HistogramMerge();
        interval.Add(a.Interval);
        interval.Add(b.Interval);
        var cumulative = new HistogramMerge();
        cumulative.Add(a.Cumulative);
        cumulative.Add(b.Cumulative);
        return a with { Interval = interval, Cumulative = cumulative };
    }

    private void FlushHistograms(StatGroup group)
    {
        for (var i = 0; i < group.Schema.Histograms.Count; i++)
        {
            var count = CountOf(group, i);
            if (count == 0)
            {
                continue; // the usual case by far: a histogram that nothing was recorded in costs nothing
            }

            var marks = MarksOf(group);
            var before = marks.Flushed[i] ?? Empty;
            if (count == before.Count)
            {
                marks.Intervals[i] = null;
                continue;
            }

            var now = Merge(group, i);
            marks.Intervals[i] = now.Since(before);
            marks.Flushed[i] = now;
        }
    }

    private static long CountOf(StatGroup group, int index)
    {
        var count = 0L;
        foreach (var shard in group.Shards)
        {
            count += shard?.Histogram(index)?.Count ?? 0;
        }

        return count;
    }

    private GroupMarks MarksOf(StatGroup group)
    {
        if (!_marks.TryGetValue(group, out var marks))
        {
            marks = new GroupMarks(group.Schema);
            _marks.Add(group, marks);
        }

        return marks;
    }

    private void Forget(IReadOnlyList<StatGroup> present)
    {
        if (_marks.Count == 0)
        {
            return;
        }

        var alive = present.ToHashSet();
        foreach (var gone in _marks.Keys.Where(group => !alive.Contains(group)).ToList())
        {
            _marks.Remove(gone);
        }
    }

    // What main remembers of a group: values at the last counter reset, histograms at the last flush and what came in the interval before it.
    private sealed class GroupMarks(StatSchema schema)
    {
        public long[] Counters { get; } = new long[schema.Counters.Count];

        public Dictionary<int, long>?[] Codes { get; } = new Dictionary<int, long>?[schema.CodeFamilies.Count];

        public HistogramMerge?[] Flushed { get; } = new HistogramMerge?[schema.Histograms.Count];

        public HistogramMerge?[] Intervals { get; } = new HistogramMerge?[schema.Histograms.Count];
    }
}
