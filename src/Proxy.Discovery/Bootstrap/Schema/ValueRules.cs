namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>What a value of a field must satisfy; null and false mean no such rule. Durations are in seconds.</summary>
internal sealed class ValueRules
{
    public bool IgnoreEmpty { get; set; }

    public decimal? Gt { get; set; }

    public decimal? Gte { get; set; }

    public decimal? Lt { get; set; }

    public decimal? Lte { get; set; }

    /// <summary>Unicode code points, or bytes of a bytes field.</summary>
    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    /// <summary>Bytes as UTF-8.</summary>
    public int? MinBytes { get; set; }

    public int? MaxBytes { get; set; }

    public string? Pattern { get; set; }

    public string? Prefix { get; set; }

    public string? Suffix { get; set; }

    public string[]? In { get; set; }

    public HeaderRule Header { get; set; }

    /// <summary>Whether <see cref="Header"/> bans more than NUL, CR and LF.</summary>
    public bool StrictHeader { get; set; } = true;

    public bool DefinedOnly { get; set; }

    public int? NotIn { get; set; }

    public bool MustBeTrue { get; set; }
}
