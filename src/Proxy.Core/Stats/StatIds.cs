namespace Proxy.Stats;

/// <summary>A counter of a <see cref="StatSchema"/>.</summary>
public readonly record struct CounterId(int Index);

/// <summary>A gauge of a <see cref="StatSchema"/>.</summary>
public readonly record struct GaugeId(int Index);

/// <summary>A histogram of a <see cref="StatSchema"/>.</summary>
public readonly record struct HistogramId(int Index);

/// <summary>A family of counters of a <see cref="StatSchema"/>, one for each response status that occurs.</summary>
public readonly record struct CodeFamilyId(int Index);

/// <summary>What a histogram's values are.</summary>
public enum StatUnit
{
    /// <summary>Plain numbers.</summary>
    None,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Microseconds.</summary>
    Microseconds,

    /// <summary>Bytes.</summary>
    Bytes,
}
