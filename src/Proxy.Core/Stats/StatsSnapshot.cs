namespace Proxy.Stats;

/// <summary>All stats at one moment, merged over workers and over groups that share a name, each list sorted by name.</summary>
internal sealed record StatsSnapshot(
    IReadOnlyList<NumberSample> Counters,
    IReadOnlyList<NumberSample> Gauges,
    IReadOnlyList<TextSample> Texts,
    IReadOnlyList<HistogramSample> Histograms);

/// <summary>A counter or gauge.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Used">It was ever changed.</param>
internal readonly record struct NumberSample(string Name, long Value, bool Used);

/// <summary>A text readout.</summary>
internal readonly record struct TextSample(string Name, string Value);

/// <summary>A histogram.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Unit">What its values are.</param>
/// <param name="Interval">Values of the last flush interval.</param>
/// <param name="Cumulative">All values.</param>
internal sealed record HistogramSample(string Name, StatUnit Unit, HistogramMerge Interval, HistogramMerge Cumulative)
{
    public bool Used => Cumulative.Count > 0;
}
