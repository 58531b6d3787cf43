namespace Proxy.Configuration.Http;

/// <summary>One change of a head (Envoy <c>config.common.mutation_rules.v3.HeaderMutation</c>). A list of them is worked off one after the other.</summary>
public abstract record HeaderMutationConfig;

/// <summary>Adds a header.</summary>
/// <param name="Addition">The header; its value may have command operators.</param>
public sealed record AppendHeaderMutation(HeaderAddition Addition) : HeaderMutationConfig;

/// <summary>Removes every header of a name.</summary>
/// <param name="Name">The name; its case does not matter.</param>
public sealed record RemoveHeaderMutation(string Name) : HeaderMutationConfig;

/// <summary>Removes every header whose name compares.</summary>
/// <param name="Name">Compared with the name in lower case.</param>
public sealed record RemoveMatchingHeadersMutation(StringMatcherConfig Name) : HeaderMutationConfig;
