using System.Globalization;
using System.Text;

namespace Proxy.Stats;

/// <summary>Stats in Prometheus' text format, with Envoy's names and labels.</summary>
internal sealed class StatsPrometheus
{
    private readonly StatTags _tags;
    private readonly StringBuilder _text = new();

    public StatsPrometheus(StatTags tags) => _tags = tags;

    /// <summary>Everything in <paramref name="stats"/>; text readouts as gauges of value 0 when <paramref name="withTexts"/> is set.</summary>
    public string Render(StatsSnapshot stats, HistogramView view, bool withTexts)
    {
        _text.Clear();
        foreach (var family in Families(stats.Counters, sample => sample.Name))
        {
            AppendNumbers(family, "counter");
        }

        foreach (var family in Families(stats.Gauges, sample => sample.Name))
        {
            AppendNumbers(family, "gauge");
        }

        foreach (var family in Families(withTexts ? stats.Texts : [], sample => sample.Name))
        {
            AppendType(family.Name, "gauge");
            foreach (var (sample, labels) in family.Samples)
            {
                Append(family.Name, Join(labels, Label("text_value", sample.Value)), "0");
            }
        }

        foreach (var family in Families(stats.Histograms, sample => sample.Name))
        {
            AppendHistograms(family, view);
        }

        return _text.ToString();
    }

    /// <summary>A name as Prometheus takes it, in Envoy's namespace.</summary>
    internal static string MetricName(string extracted) => "envoy_" + Sanitize(extracted);

    internal static string Sanitize(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is ':' ? c : '_'));

    // Samples of one metric must stand together, whatever prefixes their full names have.
    private List<Family<T>> Families<T>(IReadOnlyList<T> samples, Func<T, string> nameOf)
    {
        var families = new SortedDictionary<string, Family<T>>(StringComparer.Ordinal);
        foreach (var sample in samples)
        {
            var (extracted, tags) = _tags.Extract(nameOf(sample));
            var name = MetricName(extracted);
            if (!families.TryGetValue(name, out var family))
            {
                families.Add(name, family = new Family<T>(name, []));
            }

            family.Samples.Add((sample, string.Join(',', tags.Select(tag => Label(tag.Key, tag.Value)))));
        }

        return [.. families.Values];
    }

    private static string Label(string name, string value)
    {
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return $"{Sanitize(name)}=\"{escaped}\"";
    }

    private static string Join(string labels, string more) => labels.Length == 0 ? more : labels + "," + more;

    private void AppendNumbers(Family<NumberSample> family, string type)
    {
        AppendType(family.Name, type);
        foreach (var (sample, labels) in family.Samples)
        {
            Append(family.Name, labels, unchecked((ulong)sample.Value).ToString(CultureInfo.InvariantCulture));
        }
    }

    private void AppendHistograms(Family<HistogramSample> family, HistogramView view)
    {
        AppendType(family.Name, view == HistogramView.Summary ? "summary" : "histogram");
        foreach (var (sample, labels) in family.Samples)
        {
            if (view == HistogramView.Summary)
            {
                AppendQuantiles(family.Name, labels, sample.Interval);
            }
            else
            {
                AppendBuckets(family.Name, labels, sample.Cumulative);
            }

            Append(family.Name + "_sum", labels, sample.Cumulative.Sum.ToString(CultureInfo.InvariantCulture));
            Append(family.Name + "_count", labels, sample.Cumulative.Count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void AppendQuantiles(string name, string labels, HistogramMerge histogram)
    {
        var values = HistogramSummary.ComputeQuantiles(histogram);
        for (var i = 0; i < values.Length; i++)
        {
            var quantile = Label("quantile", StatsText.Number(HistogramSummary.Quantiles[i]));
            Append(name, Join(labels, quantile), double.IsNaN(values[i]) ? "NaN" : StatsText.Number(values[i]));
        }
    }

    private void AppendBuckets(string name, string labels, HistogramMerge histogram)
    {
        var counts = HistogramSummary.Counts(histogram, disjoint: false);
        for (var i = 0; i < counts.Length; i++)
        {
            var bound = i < HistogramSummary.Bounds.Length ? StatsText.Number(HistogramSummary.Bounds[i]) : "+Inf";
            Append(name + "_bucket", Join(labels, Label("le", bound)), counts[i].ToString(CultureInfo.InvariantCulture));
        }
    }

    private void AppendType(string name, string type) => _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private void Append(string name, string labels, string value)
    {
        _text.Append(name).Append('{').Append(labels).Append("} ").Append(value).Append('\n');
    }

    private sealed record Family<T>(string Name, List<(T Sample, string Labels)> Samples);
}
