using System.Buffers;
using System.Text.Json;

namespace Proxy.Stats;

/// <summary>Stats as JSON, in Envoy's shape.</summary>
internal static class StatsJson
{
    public static byte[] Render(StatsSnapshot stats, HistogramView view, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartObject();
            json.WriteStartArray("stats");
            foreach (var sample in stats.Texts)
            {
                json.WriteStartObject();
                json.WriteString("name", sample.Name);
                json.WriteString("value", sample.Value);
                json.WriteEndObject();
            }

            foreach (var sample in StatsText.Numbers(stats))
            {
                json.WriteStartObject();
                json.WriteString("name", sample.Name);
                json.WriteNumber("value", unchecked((ulong)sample.Value)); // as in Envoy, there are no negative numbers
                json.WriteEndObject();
            }

            if (stats.Histograms.Count > 0)
            {
                WriteHistograms(json, stats.Histograms, view);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteHistograms(Utf8JsonWriter json, IReadOnlyList<HistogramSample> samples, HistogramView view)
    {
        json.WriteStartObject();
        switch (view)
        {
            case HistogramView.Summary:
                json.WriteStartObject("histograms");
                WriteQuantileNames(json, "supported_quantiles");
                WriteEach(json, "computed_quantiles", samples, static (json, sample) => WriteQuantiles(json, "values", sample));
                json.WriteEndObject();
                break;
            case HistogramView.Detailed:
                json.WriteStartObject("histograms");
                WriteQuantileNames(json, "supported_percentiles");
                WriteEach(json, "details", samples, WriteDetails);
                json.WriteEndObject();
                break;
            default:
                var disjoint = view == HistogramView.Disjoint;
                WriteEach(json, "histograms", samples, (json, sample) => WriteBuckets(json, sample, disjoint));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteEach(Utf8JsonWriter json, string property, IReadOnlyList<HistogramSample> samples, Action<Utf8JsonWriter, HistogramSample> write)
    {
        json.WriteStartArray(property);
        foreach (var sample in samples)
        {
            json.WriteStartObject();
            json.WriteString("name", sample.Name);
            write(json, sample);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteQuantileNames(Utf8JsonWriter json, string property)
    {
        json.WriteStartArray(property);
        foreach (var quantile in HistogramSummary.Quantiles)
        {
            json.WriteNumberValue(quantile * 100);
        }

        json.WriteEndArray();
    }

    private static void WriteQuantiles(Utf8JsonWriter json, string property, HistogramSample sample)
    {
        var interval = HistogramSummary.ComputeQuantiles(sample.Interval);
        var cumulative = HistogramSummary.ComputeQuantiles(sample.Cumulative);
        json.WriteStartArray(property);
        for (var i = 0; i < interval.Length; i++)
        {
            json.WriteStartObject();
            WriteNumber(json, "interval", interval[i]);
            WriteNumber(json, "cumulative", cumulative[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string property, double value)
    {
        if (double.IsNaN(value))
        {
            json.WriteNull(property);
            return;
        }

        json.WriteNumber(property, value);
    }

    private static void WriteDetails(Utf8JsonWriter json, HistogramSample sample)
    {
        WriteQuantiles(json, "percentiles", sample);
        WriteAll(json, "totals", sample.Cumulative);
        WriteAll(json, "intervals", sample.Interval);
    }

    private static void WriteAll(Utf8JsonWriter json, string property, HistogramMerge histogram)
    {
        json.WriteStartArray(property);
        foreach (var bucket in histogram.Buckets())
        {
            json.WriteStartObject();
            json.WriteNumber("lower_bound", bucket.Start);
            json.WriteNumber("width", bucket.Width);
            json.WriteNumber("count", bucket.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBuckets(Utf8JsonWriter json, HistogramSample sample, bool disjoint)
    {
        var interval = HistogramSummary.Counts(sample.Interval, disjoint);
        var cumulative = HistogramSummary.Counts(sample.Cumulative, disjoint);
        json.WriteStartArray("buckets");
        for (var i = 0; i < HistogramSummary.Bounds.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("upper_bound", HistogramSummary.Bounds[i]);
            json.WriteNumber("interval", interval[i]);
            json.WriteNumber("cumulative", cumulative[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
