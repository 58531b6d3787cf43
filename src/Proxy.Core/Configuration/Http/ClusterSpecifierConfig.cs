using Proxy.Configuration.Matching;

namespace Proxy.Configuration.Http;

/// <summary>Picks the cluster of a request by a matcher, whose actions are <see cref="ClusterChoiceConfig"/> (Envoy <c>MatcherClusterSpecifier</c>).</summary>
/// <param name="Matcher">The matcher; a request for which it decides nothing has no cluster.</param>
public sealed record MatcherClusterSpecifierConfig(MatcherConfig Matcher);

/// <summary>The cluster that a matcher leads to (Envoy <c>ClusterAction</c>).</summary>
/// <param name="Cluster">Its name.</param>
public sealed record ClusterChoiceConfig(string Cluster);
