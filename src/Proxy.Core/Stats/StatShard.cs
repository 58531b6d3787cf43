namespace Proxy.Stats;

/// <summary>One worker's numbers of a <see cref="StatGroup"/>: written by that worker only, without interlocked operations; read by main.</summary>
public sealed class StatShard
{
    private readonly long[] _counters;
    private readonly long[] _gauges;
    private readonly HistogramData?[] _histograms;
    private readonly CodeCounters?[] _families;

    internal StatShard(StatSchema schema)
    {
        _counters = new long[schema.Counters.Count];
        _gauges = new long[schema.Gauges.Count];
        _histograms = new HistogramData?[schema.Histograms.Count];
        _families = new CodeCounters?[schema.CodeFamilies.Count];
    }

    /// <summary>Adds 1.</summary>
    public void Increment(CounterId id) => _counters[id.Index]++;

    /// <summary>Adds <paramref name="amount"/>, which is not negative.</summary>
    public void Add(CounterId id, long amount) => _counters[id.Index] += amount;

    /// <summary>Adds 1.</summary>
    public void Increment(GaugeId id) => _gauges[id.Index]++;

    /// <summary>Takes 1 away.</summary>
    public void Decrement(GaugeId id) => _gauges[id.Index]--;

    /// <summary>Adds <paramref name="amount"/>, which may be negative.</summary>
    public void Add(GaugeId id, long amount) => _gauges[id.Index] += amount;

    /// <summary>Sets this shard's part; for gauges that one thread owns.</summary>
    public void Set(GaugeId id, long value) => _gauges[id.Index] = value;

    /// <summary>Records a value.</summary>
    public void Record(HistogramId id, long value) => (_histograms[id.Index] ??= new HistogramData()).Record(value);

    /// <summary>Counts a response status in a family.</summary>
    public void Increment(CodeFamilyId id, int status) => (_families[id.Index] ??= new CodeCounters()).Increment(status);

    /// <summary>This shard's part of a counter.</summary>
    public long Read(CounterId id) => Volatile.Read(ref _counters[id.Index]);

    /// <summary>This shard's part of a gauge.</summary>
    public long Read(GaugeId id) => Volatile.Read(ref _gauges[id.Index]);

    internal HistogramData? Histogram(int index) => Volatile.Read(ref _histograms[index]);

    internal CodeCounters? Family(int index) => Volatile.Read(ref _families[index]);
}
