using System.Globalization;
using System.Text;

namespace Proxy.Stats;

/// <summary>What is shown of histograms (Envoy's <c>histogram_buckets</c>).</summary>
internal enum HistogramView
{
    /// <summary>Quantiles.</summary>
    Summary,

    /// <summary>Counts up to each bound.</summary>
    Cumulative,

    /// <summary>Counts between bounds.</summary>
    Disjoint,

    /// <summary>Every bucket and the quantiles.</summary>
    Detailed,
}

/// <summary>Stats as lines <c>name: value</c>, in Envoy's format.</summary>
internal static class StatsText
{
    public static string Render(StatsSnapshot stats, HistogramView view)
    {
        var text = new StringBuilder();
        foreach (var sample in stats.Texts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{sample.Name}: \"{sample.Value}\"\n");
        }

        foreach (var sample in Numbers(stats))
        {
            text.Append(CultureInfo.InvariantCulture, $"{sample.Name}: {unchecked((ulong)sample.Value)}\n");
        }

        foreach (var sample in stats.Histograms)
        {
            text.Append(sample.Name).Append(": ");
            Append(text, sample, view);
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Counters and gauges in one list, by name.</summary>
    public static List<NumberSample> Numbers(StatsSnapshot stats)
    {
        List<NumberSample> numbers = [.. stats.Counters, .. stats.Gauges];
        numbers.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return numbers;
    }

    /// <summary>A number in its shortest form; <c>nan</c> for none.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "nan" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, HistogramSample sample, HistogramView view)
    {
        switch (view)
        {
            case HistogramView.Detailed:
                AppendDetails(text, sample);
                break;
            case HistogramView.Summary when !sample.Used:
                text.Append("No recorded values");
                break;
            case HistogramView.Summary:
                AppendSummary(text, sample);
                break;
            default:
                AppendBuckets(text, sample, view == HistogramView.Disjoint);
                break;
        }
    }

    private static void AppendSummary(StringBuilder text, HistogramSample sample)
    {
        var interval = HistogramSummary.ComputeQuantiles(sample.Interval);
        var cumulative = HistogramSummary.ComputeQuantiles(sample.Cumulative);
        for (var i = 0; i < interval.Length; i++)
        {
            text.Append(i == 0 ? "P" : " P").Append(Number(HistogramSummary.Quantiles[i] * 100))
                .Append('(').Append(Number(interval[i])).Append(',').Append(Number(cumulative[i])).Append(')');
        }
    }

    private static void AppendBuckets(StringBuilder text, HistogramSample sample, bool disjoint)
    {
        var interval = HistogramSummary.Counts(sample.Interval, disjoint);
        var cumulative = HistogramSummary.Counts(sample.Cumulative, disjoint);
        for (var i = 0; i < interval.Length; i++)
        {
            text.Append(i == 0 ? "B" : " B").Append(i < HistogramSummary.Bounds.Length ? Number(HistogramSummary.Bounds[i]) : "inf")
                .Append(CultureInfo.InvariantCulture, $"({interval[i]},{cumulative[i]})");
        }
    }

    private static void AppendDetails(StringBuilder text, HistogramSample sample)
    {
        text.Append("\n  totals=");
        AppendAll(text, sample.Cumulative);
        text.Append("\n  intervals=");
        AppendAll(text, sample.Interval);
        text.Append("\n  summary=");
        AppendSummary(text, sample);
    }

    private static void AppendAll(StringBuilder text, HistogramMerge histogram)
    {
        text.AppendJoin(", ", histogram.Buckets().Select(bucket => string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(bucket.Start)},{Number(bucket.Width)}:{bucket.Count}")));
    }
}
