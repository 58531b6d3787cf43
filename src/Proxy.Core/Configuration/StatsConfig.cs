namespace Proxy.Configuration;

/// <summary>How stats are shown (Envoy <c>metrics.v3.StatsConfig</c>).</summary>
public sealed record StatsConfig
{
    /// <summary>Tags of the user's own, looked for before the default ones (Envoy <c>stats_tags</c>).</summary>
    public ConfigList<StatTagConfig> Tags { get; init; } = [];

    /// <summary>Whether Envoy's default tags are taken out of names. Default true (Envoy <c>use_all_default_tags</c>).</summary>
    public bool UseAllDefaultTags { get; init; } = true;

    /// <summary>Ends an interval whenever stats are asked for, instead of by time only. Default false (Envoy <c>Bootstrap.stats_flush_on_admin</c>).</summary>
    public bool FlushOnAdmin { get; init; }
}

/// <summary>A tag: found in names, or the same for all (Envoy <c>TagSpecifier</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Regex">Its first group is cut out of the name; the second, or else the first, is the value. Null for a fixed or a default tag.</param>
/// <param name="FixedValue">The value for every stat; null for a tag found by <paramref name="Regex"/>. With neither, the default tag of that name is used even where not all are.</param>
public sealed record StatTagConfig(string Name, string? Regex, string? FixedValue);
