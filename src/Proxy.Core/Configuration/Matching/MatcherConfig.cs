namespace Proxy.Configuration.Matching;

/// <summary>
/// A decision (Envoy <c>xds.type.matcher.v3.Matcher</c>): a list of conditions, the first that holds decides; or a table of values. With neither,
/// <see cref="OnNoMatch"/> decides.
/// </summary>
public sealed record MatcherConfig
{
    /// <summary>Conditions, in order.</summary>
    public ConfigList<FieldMatcherConfig> List { get; init; } = [];

    /// <summary>A table of values; null where <see cref="List"/> is used.</summary>
    public MatcherTableConfig? Table { get; init; }

    /// <summary>What happens when nothing else did; null for nothing.</summary>
    public OnMatchConfig? OnNoMatch { get; init; }
}

/// <summary>A condition and what it leads to.</summary>
/// <param name="Predicate">The condition.</param>
/// <param name="OnMatch">What happens when it holds.</param>
public sealed record FieldMatcherConfig(PredicateConfig Predicate, OnMatchConfig OnMatch);

/// <summary>What a match leads to: an action, or another decision; when that one decides nothing, the search goes on behind the match.</summary>
public sealed record OnMatchConfig
{
    /// <summary>Record of the action, whose type the user of the matcher knows; null when <see cref="Matcher"/> decides.</summary>
    public object? Action { get; init; }

    /// <summary>The next decision; null when there is an <see cref="Action"/>.</summary>
    public MatcherConfig? Matcher { get; init; }
}
