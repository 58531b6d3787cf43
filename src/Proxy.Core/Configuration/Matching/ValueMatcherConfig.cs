using Proxy.Configuration.Http;

namespace Proxy.Configuration.Matching;

/// <summary>A comparison with a value of metadata (Envoy <c>type.matcher.v3.ValueMatcher</c>).</summary>
public abstract record ValueMatcherConfig;

/// <summary>The value is null.</summary>
public sealed record NullValueMatcherConfig : ValueMatcherConfig;

/// <summary>The value is a number in [Start, End).</summary>
/// <param name="Start">Lower bound.</param>
/// <param name="End">Upper bound.</param>
public sealed record NumberRangeMatcherConfig(double Start, double End) : ValueMatcherConfig;

/// <summary>The value is this number.</summary>
/// <param name="Value">The number.</param>
public sealed record NumberMatcherConfig(double Value) : ValueMatcherConfig;

/// <summary>The value is a text that compares as configured.</summary>
/// <param name="Text">The comparison.</param>
public sealed record TextValueMatcherConfig(StringMatcherConfig Text) : ValueMatcherConfig;

/// <summary>The value is this truth value.</summary>
/// <param name="Value">True or false.</param>
public sealed record BoolMatcherConfig(bool Value) : ValueMatcherConfig;

/// <summary>There is a value, or none.</summary>
/// <param name="Present">Which of the two.</param>
public sealed record PresentMatcherConfig(bool Present) : ValueMatcherConfig;

/// <summary>The value is a list and one of its items compares as configured.</summary>
/// <param name="Item">The comparison.</param>
public sealed record ListMatcherConfig(ValueMatcherConfig Item) : ValueMatcherConfig;

/// <summary>One of several comparisons holds.</summary>
/// <param name="Matchers">Two or more.</param>
public sealed record AnyValueMatcherConfig(ConfigList<ValueMatcherConfig> Matchers) : ValueMatcherConfig;

/// <summary>A condition on metadata (Envoy <c>type.matcher.v3.MetadataMatcher</c>).</summary>
/// <param name="Filter">The namespace.</param>
/// <param name="Path">Keys below it.</param>
/// <param name="Value">The comparison.</param>
public sealed record MetadataMatcherConfig(string Filter, ConfigList<string> Path, ValueMatcherConfig Value)
{
    /// <summary>Turns the answer round. Default false.</summary>
    public bool Invert { get; init; }
}

/// <summary>A condition on a value that a filter left for others (Envoy <c>type.matcher.v3.FilterStateMatcher</c>); a missing value fulfils none.</summary>
/// <param name="Key">Name of the value.</param>
public sealed record FilterStateMatcherConfig(string Key)
{
    /// <summary>Compares the value's text; null asks for <see cref="Ranges"/>.</summary>
    public StringMatcherConfig? Text { get; init; }

    /// <summary>The value is an address in one of these.</summary>
    public ConfigList<CidrRange> Ranges { get; init; } = [];
}
