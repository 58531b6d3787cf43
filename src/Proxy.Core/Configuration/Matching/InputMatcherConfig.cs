using Proxy.Configuration.Http;

namespace Proxy.Configuration.Matching;

/// <summary>How an input is compared. A missing input fulfils none of these.</summary>
public abstract record InputMatcherConfig;

/// <summary>Compares the text.</summary>
/// <param name="Text">The comparison.</param>
public sealed record TextInputMatcherConfig(StringMatcherConfig Text) : InputMatcherConfig;

/// <summary>The input is an address in one of some ranges (Envoy <c>input_matchers.ip.v3.Ip</c>).</summary>
/// <param name="Ranges">One or more.</param>
/// <param name="StatPrefix">Counts inputs that are no address under <c>ip.PREFIX.</c></param>
public sealed record AddressInputMatcherConfig(ConfigList<CidrRange> Ranges, string StatPrefix) : InputMatcherConfig;

/// <summary>Takes a share of the values: equal ones fare equally (Envoy <c>input_matchers.runtime_fraction.v3.RuntimeFraction</c>).</summary>
/// <param name="Fraction">The share.</param>
/// <param name="Seed">Makes the choice differ from that of others.</param>
public sealed record FractionInputMatcherConfig(FractionConfig Fraction, ulong Seed) : InputMatcherConfig;

/// <summary>Takes values whose hash, modulo <paramref name="Modulo"/>, is <paramref name="Threshold"/> or more (Envoy <c>ConsistentHashing</c>).</summary>
/// <param name="Threshold">Lower bound.</param>
/// <param name="Modulo">1 or more.</param>
/// <param name="Seed">Makes the choice differ from that of others.</param>
public sealed record HashInputMatcherConfig(uint Threshold, uint Modulo, ulong Seed) : InputMatcherConfig;

/// <summary>Compares metadata (Envoy <c>input_matchers.metadata.v3.Metadata</c>).</summary>
/// <param name="Value">The comparison.</param>
/// <param name="Invert">Turns the answer round.</param>
public sealed record MetadataInputMatcherConfig(ValueMatcherConfig Value, bool Invert = false) : InputMatcherConfig;

/// <summary>Takes what an expression is true for (xds <c>CelMatcher</c>); goes with <see cref="MatchInputKind.Attributes"/> only.</summary>
/// <param name="Expression">The expression.</param>
public sealed record CelInputMatcherConfig(CelConfig Expression) : InputMatcherConfig;
