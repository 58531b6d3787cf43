using Proxy.Configuration.Http;

namespace Proxy.Configuration.Clusters;

/// <summary>Says which answers are errors of the host (Envoy <c>HttpProtocolOptions.OutlierDetection.error_matcher</c>).</summary>
public abstract record ErrorMatcherConfig;

/// <summary>Every answer.</summary>
public sealed record AnyErrorMatcherConfig : ErrorMatcherConfig;

/// <summary>Answers whose head fulfils all conditions.</summary>
/// <param name="Headers">The conditions.</param>
public sealed record HeadersErrorMatcherConfig(ConfigList<HeaderMatcherConfig> Headers) : ErrorMatcherConfig;

/// <summary>Answers that another matcher leaves.</summary>
/// <param name="Inner">The other one.</param>
public sealed record NotErrorMatcherConfig(ErrorMatcherConfig Inner) : ErrorMatcherConfig;

/// <summary>Answers that several matchers agree on, or that one of them takes.</summary>
/// <param name="All">True when all have to agree.</param>
/// <param name="Rules">The matchers.</param>
public sealed record SetErrorMatcherConfig(bool All, ConfigList<ErrorMatcherConfig> Rules) : ErrorMatcherConfig;
