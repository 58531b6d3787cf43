using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates text comparisons, fractions and rewrites.</summary>
internal static class MatcherTranslator
{
    public static StringMatcherConfig Translate(StringMatcher matcher, Place place, TranslationContext context)
    {
        var (kind, pattern) = matcher.MatchPatternCase switch
        {
            StringMatcher.MatchPatternOneofCase.Prefix => (StringMatchKind.Prefix, matcher.Prefix),
            StringMatcher.MatchPatternOneofCase.Suffix => (StringMatchKind.Suffix, matcher.Suffix),
            StringMatcher.MatchPatternOneofCase.Contains => (StringMatchKind.Contains, matcher.Contains),
            StringMatcher.MatchPatternOneofCase.SafeRegex => (StringMatchKind.Regex, matcher.SafeRegex?.Regex ?? ""),
            _ => (StringMatchKind.Exact, matcher.Exact),
        };
        return Text(kind, pattern, matcher.IgnoreCase, place, context);
    }

    /// <summary>A comparison of text, whichever of the API's two messages of that name says it.</summary>
    public static StringMatcherConfig Text(StringMatchKind kind, string pattern, bool ignoreCase, Place place, TranslationContext context)
    {
        if (ignoreCase && kind == StringMatchKind.Regex)
        {
            context.Fault(place.Field("ignore_case"), "has no effect on a regular expression", "(?i) in front of the expression does it");
        }

        return new StringMatcherConfig(kind, pattern) { IgnoreCase = ignoreCase };
    }

    public static RegexRewriteConfig? Translate(RegexMatchAndSubstitute? rewrite) =>
        rewrite is null ? null : new RegexRewriteConfig(rewrite.Pattern?.Regex ?? "", rewrite.Substitution);

    public static FractionConfig? Translate(Envoy.Config.Core.V3.RuntimeFractionalPercent? fraction)
    {
        if (fraction is null)
        {
            return null;
        }

        var value = fraction.DefaultValue ?? new FractionalPercent();
        return new FractionConfig(value.Numerator, DenominatorOf(value.Denominator), fraction.RuntimeKey);
    }

    public static uint DenominatorOf(FractionalPercent.Types.DenominatorType type) => type switch
    {
        FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
        FractionalPercent.Types.DenominatorType.Million => 1_000_000,
        _ => 100,
    };
}
