namespace Proxy.Configuration.Listeners;

/// <summary>Which connections a listener filter leaves alone (Envoy <c>listener.v3.ListenerFilterChainMatchPredicate</c>).</summary>
public abstract record ConnectionPredicateConfig;

/// <summary>Holds for every connection.</summary>
public sealed record EveryConnectionConfig : ConnectionPredicateConfig;

/// <summary>Holds for connections to some ports; never for those to Unix sockets.</summary>
/// <param name="Start">The first port.</param>
/// <param name="End">The port behind the last one.</param>
public sealed record DestinationPortsConfig(int Start, int End) : ConnectionPredicateConfig;

/// <summary>Holds when all hold.</summary>
/// <param name="Predicates">The others.</param>
public sealed record AllConnectionPredicatesConfig(ConfigList<ConnectionPredicateConfig> Predicates) : ConnectionPredicateConfig;

/// <summary>Holds when one of them holds.</summary>
/// <param name="Predicates">The others.</param>
public sealed record AnyConnectionPredicateConfig(ConfigList<ConnectionPredicateConfig> Predicates) : ConnectionPredicateConfig;

/// <summary>Holds when another does not.</summary>
/// <param name="Predicate">The other.</param>
public sealed record NotConnectionPredicateConfig(ConnectionPredicateConfig Predicate) : ConnectionPredicateConfig;
