namespace Proxy.Configuration.Matching;

/// <summary>A condition of a matcher (Envoy <c>Matcher.MatcherList.Predicate</c>).</summary>
public abstract record PredicateConfig;

/// <summary>Compares one input.</summary>
/// <param name="Input">What is looked at.</param>
/// <param name="Value">How it is compared.</param>
public sealed record InputPredicateConfig(MatchInputConfig Input, InputMatcherConfig Value) : PredicateConfig;

/// <summary>Holds when all hold; they are asked in order.</summary>
/// <param name="Predicates">Two or more.</param>
public sealed record AllPredicateConfig(ConfigList<PredicateConfig> Predicates) : PredicateConfig;

/// <summary>Holds when one of them holds.</summary>
/// <param name="Predicates">Two or more.</param>
public sealed record AnyPredicateConfig(ConfigList<PredicateConfig> Predicates) : PredicateConfig;

/// <summary>Holds when another does not.</summary>
/// <param name="Predicate">The other.</param>
public sealed record NotPredicateConfig(PredicateConfig Predicate) : PredicateConfig;
