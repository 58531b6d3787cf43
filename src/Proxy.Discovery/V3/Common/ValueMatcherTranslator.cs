using Envoy.Type.Matcher.V3;
using Proxy.Configuration;
using Proxy.Configuration.Matching;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates conditions on metadata and on what filters left for each other.</summary>
internal static class ValueMatcherTranslator
{
    public const string Supported =
        """
        envoy.type.matcher.v3.AddressMatcher: *
        envoy.type.matcher.v3.DoubleMatcher: *
        envoy.type.matcher.v3.FilterStateMatcher: *
        envoy.type.matcher.v3.ListMatcher: *
        envoy.type.matcher.v3.MetadataMatcher: *
        envoy.type.matcher.v3.MetadataMatcher.PathSegment: *
        envoy.type.matcher.v3.OrMatcher: *
        envoy.type.matcher.v3.ValueMatcher: *
        envoy.type.matcher.v3.ValueMatcher.NullMatch: *
        envoy.type.v3.DoubleRange: *
        """;

    public static MetadataMatcherConfig Translate(MetadataMatcher matcher, Place place, TranslationContext context) =>
        new(matcher.Filter, matcher.Path.Select(static segment => segment.Key).ToConfigList(), Translate(matcher.Value, place.Field("value"), context))
        {
            Invert = matcher.Invert,
        };

    public static FilterStateMatcherConfig Translate(FilterStateMatcher matcher, Place place, TranslationContext context) => new(matcher.Key)
    {
        Text = matcher.StringMatch is { } text ? MatcherTranslator.Translate(text, place.Field("string_match"), context) : null,
        Ranges = CidrTranslator.Translate(matcher.AddressMatch?.Ranges ?? [], place.Field("address_match").Field("ranges"), context),
    };

    public static ValueMatcherConfig Translate(ValueMatcher? matcher, Place place, TranslationContext context)
    {
        switch (matcher?.MatchPatternCase)
        {
            case ValueMatcher.MatchPatternOneofCase.NullMatch:
                return new NullValueMatcherConfig();
            case ValueMatcher.MatchPatternOneofCase.DoubleMatch:
                return matcher.DoubleMatch.Range is { } range
                    ? new NumberRangeMatcherConfig(range.Start, range.End)
                    : new NumberMatcherConfig(matcher.DoubleMatch.Exact);
            case ValueMatcher.MatchPatternOneofCase.StringMatch:
                return new TextValueMatcherConfig(MatcherTranslator.Translate(matcher.StringMatch, place.Field("string_match"), context));
            case ValueMatcher.MatchPatternOneofCase.BoolMatch:
                return new BoolMatcherConfig(matcher.BoolMatch);
            case ValueMatcher.MatchPatternOneofCase.PresentMatch:
                return new PresentMatcherConfig(matcher.PresentMatch);
            case ValueMatcher.MatchPatternOneofCase.ListMatch:
                return new ListMatcherConfig(Translate(matcher.ListMatch.OneOf, place.Field("list_match").Field("one_of"), context));
            case ValueMatcher.MatchPatternOneofCase.OrMatch:
                var at = place.Field("or_match").Field("value_matchers");
                return new AnyValueMatcherConfig(matcher.OrMatch.ValueMatchers.Select((m, i) => Translate(m, at.Item(i), context)).ToConfigList());
            default:
                context.Fault(place, "required");
                return new NullValueMatcherConfig();
        }
    }
}
