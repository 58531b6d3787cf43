namespace Proxy.Stats;

/// <summary>The stats that a component has, declared once in a static field; every instance of the component gets a <see cref="StatGroup"/> of it.</summary>
/// <remarks>Names are Envoy's, without the prefix that tells instances apart.</remarks>
public sealed class StatSchema
{
    private readonly List<string> _counters = [];
    private readonly List<string> _gauges = [];
    private readonly List<(string Name, StatUnit Unit)> _histograms = [];
    private readonly List<string> _families = [];

    /// <summary>Names of the counters, by index.</summary>
    public IReadOnlyList<string> Counters => _counters;

    /// <summary>Names of the gauges, by index.</summary>
    public IReadOnlyList<string> Gauges => _gauges;

    /// <summary>Names and units of the histograms, by index.</summary>
    public IReadOnlyList<(string Name, StatUnit Unit)> Histograms => _histograms;

    /// <summary>Prefixes of the code families, by index.</summary>
    public IReadOnlyList<string> CodeFamilies => _families;

    /// <summary>Declares a counter.</summary>
    public CounterId Counter(string name)
    {
        _counters.Add(name);
        return new CounterId(_counters.Count - 1);
    }

    /// <summary>Declares a gauge.</summary>
    public GaugeId Gauge(string name)
    {
        _gauges.Add(name);
        return new GaugeId(_gauges.Count - 1);
    }

    /// <summary>Declares a histogram.</summary>
    public HistogramId Histogram(string name, StatUnit unit)
    {
        _histograms.Add((name, unit));
        return new HistogramId(_histograms.Count - 1);
    }

    /// <summary>Declares counters <c>PREFIX200</c>, <c>PREFIX503</c> … that appear when they are first counted.</summary>
    public CodeFamilyId CodeFamily(string prefix)
    {
        _families.Add(prefix);
        return new CodeFamilyId(_families.Count - 1);
    }
}
