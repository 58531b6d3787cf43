using Proxy.Configuration.Matching;

namespace Proxy.Configuration.Filters;

/// <summary>An HTTP filter that a matcher may leave out (Envoy <c>common.matching.v3.ExtensionWithMatcher</c>).</summary>
/// <param name="Filter">The filter; not a terminal one.</param>
/// <param name="Matcher">Leads to <see cref="SkipFilterConfig"/>; null never leaves it out.</param>
public sealed record MatchDelegateConfig(FilterConfig Filter, MatcherConfig? Matcher);

/// <summary>What a route says about it (Envoy <c>ExtensionWithMatcherPerRoute</c>).</summary>
/// <param name="Matcher">Takes the place of the filter's own matcher; null never leaves the filter out.</param>
public sealed record MatchDelegateRouteConfig(MatcherConfig? Matcher);

/// <summary>Leaves the filter out, from here on (Envoy <c>matcher.action.v3.SkipFilter</c>).</summary>
public sealed record SkipFilterConfig;
