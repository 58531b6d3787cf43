using Envoy.Config.Route.V3;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the conditions of routes.</summary>
internal static class RouteMatchTranslator
{
    public static RouteMatchConfig? Translate(RouteMatch? match, Place place, TranslationContext context)
    {
        if (match is null || PathOf(match, place, context) is not { } path)
        {
            context.Fault(place, "says nothing about the path");
            return null;
        }

        return new RouteMatchConfig(path.Kind, path.Text)
        {
            CaseSensitive = match.CaseSensitive ?? true,
            Headers = match.Headers.TranslateEach(place, "headers", context, Header),
            QueryParameters = match.QueryParameters.TranslateEach(place, "query_parameters", context, QueryParameter),
            Cookies = match.Cookies.TranslateEach(place, "cookies", context, Cookie),
            CertificatePresented = match.TlsContext?.Presented,
            CertificateValidated = match.TlsContext?.Validated,
            DynamicMetadata = match.DynamicMetadata.TranslateEach(place, "dynamic_metadata", context, ValueMatcherTranslator.Translate),
            FilterState = match.FilterState.TranslateEach(place, "filter_state", context, ValueMatcherTranslator.Translate),
            RuntimeFraction = MatcherTranslator.Translate(match.RuntimeFraction),
            Grpc = match.Grpc is not null,
        };
    }

    public static HeaderMatcherConfig Header(HeaderMatcher matcher, Place place, TranslationContext context) => new(matcher.Name)
    {
        Text = TextOf(matcher, place, context),
        Range = matcher.RangeMatch is { } range ? new Int64Range(range.Start, range.End) : null,
        Present = matcher.HasPresentMatch ? matcher.PresentMatch : null,
        Invert = matcher.InvertMatch,
        MissingAsEmpty = matcher.TreatMissingHeaderAsEmpty,
    };

    private static (PathMatchKind Kind, string Text)? PathOf(RouteMatch match, Place place, TranslationContext context) => match.PathSpecifierCase switch
    {
        RouteMatch.PathSpecifierOneofCase.Prefix => (PathMatchKind.Prefix, match.Prefix),
        RouteMatch.PathSpecifierOneofCase.Path => (PathMatchKind.Exact, match.Path),
        RouteMatch.PathSpecifierOneofCase.SafeRegex => (PathMatchKind.Regex, match.SafeRegex.Regex),
        RouteMatch.PathSpecifierOneofCase.PathSeparatedPrefix => (PathMatchKind.SeparatedPrefix, match.PathSeparatedPrefix),
        RouteMatch.PathSpecifierOneofCase.ConnectMatcher => (PathMatchKind.Connect, ""),
        RouteMatch.PathSpecifierOneofCase.PathMatchPolicy => Template(match.PathMatchPolicy, place.Field("path_match_policy"), context),
        _ => null,
    };

    // A template that is none is a fault already; the slash only lets the rest be looked at.
    private static (PathMatchKind Kind, string Text) Template(Envoy.Config.Core.V3.TypedExtensionConfig policy, Place place, TranslationContext context) =>
        (PathMatchKind.Template, (string?)context.Extensions.Translate(policy.TypedConfig, place.Field("typed_config"), context) ?? "/");

    private static CookieMatcherConfig Cookie(CookieMatcher matcher, Place place, TranslationContext context) =>
        new(matcher.Name, MatcherTranslator.Translate(matcher.StringMatch ?? new(), place.Field("string_match"), context)) { Invert = matcher.InvertMatch };

    private static StringMatcherConfig? TextOf(HeaderMatcher matcher, Place place, TranslationContext context) => matcher.HeaderMatchSpecifierCase switch
    {
        HeaderMatcher.HeaderMatchSpecifierOneofCase.ExactMatch => new StringMatcherConfig(StringMatchKind.Exact, matcher.ExactMatch),
        HeaderMatcher.HeaderMatchSpecifierOneofCase.PrefixMatch => new StringMatcherConfig(StringMatchKind.Prefix, matcher.PrefixMatch),
        HeaderMatcher.HeaderMatchSpecifierOneofCase.SuffixMatch => new StringMatcherConfig(StringMatchKind.Suffix, matcher.SuffixMatch),
        HeaderMatcher.HeaderMatchSpecifierOneofCase.ContainsMatch => new StringMatcherConfig(StringMatchKind.Contains, matcher.ContainsMatch),
        HeaderMatcher.HeaderMatchSpecifierOneofCase.SafeRegexMatch => new StringMatcherConfig(StringMatchKind.Regex, matcher.SafeRegexMatch.Regex),
        HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch => MatcherTranslator.Translate(matcher.StringMatch, place.Field("string_match"), context),
        _ => null,
    };

    private static QueryParameterMatcherConfig QueryParameter(QueryParameterMatcher matcher, Place place, TranslationContext context) => new(matcher.Name)
    {
        Text = matcher.StringMatch is { } text ? MatcherTranslator.Translate(text, place.Field("string_match"), context) : null,
        Present = matcher.HasPresentMatch ? matcher.PresentMatch : null,
    };
}
