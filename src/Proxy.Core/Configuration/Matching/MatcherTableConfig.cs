namespace Proxy.Configuration.Matching;

/// <summary>A table that an input's value is looked up in (Envoy <c>Matcher.MatcherTree</c>).</summary>
/// <param name="Input">What is looked up.</param>
public abstract record MatcherTableConfig(MatchInputConfig Input);

/// <summary>Finds the entry that is the value.</summary>
/// <param name="Input">What is looked up.</param>
/// <param name="Entries">Values and what they lead to.</param>
public sealed record ExactTableConfig(MatchInputConfig Input, ConfigList<KeyValuePair<string, OnMatchConfig>> Entries) : MatcherTableConfig(Input);

/// <summary>Finds the longest entry that the value begins with; when that leads to nothing, the next shorter one.</summary>
/// <param name="Input">What is looked up.</param>
/// <param name="Entries">Prefixes and what they lead to.</param>
public sealed record PrefixTableConfig(MatchInputConfig Input, ConfigList<KeyValuePair<string, OnMatchConfig>> Entries) : MatcherTableConfig(Input);

/// <summary>Finds the narrowest range that has the address (Envoy <c>xds.type.matcher.v3.IPMatcher</c>); when that leads to nothing, the next wider one.</summary>
/// <param name="Input">What is looked up.</param>
/// <param name="Entries">Ranges and what they lead to.</param>
public sealed record AddressTableConfig(MatchInputConfig Input, ConfigList<AddressEntryConfig> Entries) : MatcherTableConfig(Input);

/// <summary>Ranges of an <see cref="AddressTableConfig"/>.</summary>
/// <param name="Ranges">One or more.</param>
/// <param name="OnMatch">What they lead to.</param>
public sealed record AddressEntryConfig(ConfigList<CidrRange> Ranges, OnMatchConfig OnMatch)
{
    /// <summary>Only taken when no narrower range has the address. Default false.</summary>
    public bool Exclusive { get; init; }
}

/// <summary>
/// Finds a host name (Envoy <c>xds.type.matcher.v3.ServerNameMatcher</c>): the name itself, the longest <c>*.suffix</c>, then <c>*</c>; where one leads
/// to nothing, the next. Case does not matter.
/// </summary>
/// <param name="Input">What is looked up.</param>
/// <param name="Entries">Names and what they lead to.</param>
public sealed record DomainTableConfig(MatchInputConfig Input, ConfigList<DomainEntryConfig> Entries) : MatcherTableConfig(Input);

/// <summary>Names of a <see cref="DomainTableConfig"/>.</summary>
/// <param name="Domains">One or more.</param>
/// <param name="OnMatch">What they lead to.</param>
public sealed record DomainEntryConfig(ConfigList<string> Domains, OnMatchConfig OnMatch);
