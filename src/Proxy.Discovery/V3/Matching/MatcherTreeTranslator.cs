using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Common;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;
using FieldPredicate = Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate;

namespace Proxy.Discovery.V3.Matching;

/// <summary>Translates generic matchers for one use, which says what actions there are.</summary>
internal sealed class MatcherTreeTranslator
{
    public const string Supported =
        """
        xds.core.v3.CidrRange: *
        xds.core.v3.TypedExtensionConfig: *
        xds.type.matcher.v3.Matcher: *
        xds.type.matcher.v3.Matcher.OnMatch: matcher action
        xds.type.matcher.v3.Matcher.MatcherList: *
        xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher: *
        xds.type.matcher.v3.Matcher.MatcherList.Predicate: *
        xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList: *
        xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate: *
        xds.type.matcher.v3.Matcher.MatcherTree: *
        xds.type.matcher.v3.Matcher.MatcherTree.MatchMap: *
        xds.type.matcher.v3.RegexMatcher: *
        xds.type.matcher.v3.RegexMatcher.GoogleRE2: *
        xds.type.matcher.v3.StringMatcher: exact prefix suffix safe_regex contains ignore_case
        xds.type.matcher.v3.IPMatcher: *
        xds.type.matcher.v3.IPMatcher.IPRangeMatcher: *
        xds.type.matcher.v3.ServerNameMatcher: *
        xds.type.matcher.v3.ServerNameMatcher.DomainMatcher: *
        """;

    private readonly Func<Any, Place, object?> _action;
    private readonly TranslationContext _context;

    /// <summary>Takes what differs between uses.</summary>
    /// <param name="action">Translates an action; null when it is none of the use, with a fault in the list.</param>
    /// <param name="context">Where faults go.</param>
    public MatcherTreeTranslator(Func<Any, Place, object?> action, TranslationContext context)
    {
        _action = action;
        _context = context;
    }

    /// <summary>Translates a matcher.</summary>
    public MatcherConfig Translate(Matcher matcher, Place place) => new()
    {
        List = matcher.MatcherList is { } list ? List(list, place.Field("matcher_list").Field("matchers")) : [],
        Table = matcher.MatcherTree is { } tree ? Table(tree, place.Field("matcher_tree")) : null,
        OnNoMatch = matcher.OnNoMatch is { } onNoMatch ? OnMatch(onNoMatch, place.Field("on_no_match")) : null,
    };

    private ConfigList<FieldMatcherConfig> List(Matcher.Types.MatcherList list, Place place) => list.Matchers.Select((field, i) => new FieldMatcherConfig(
        Predicate(field.Predicate, place.Item(i).Field("predicate")), OnMatch(field.OnMatch, place.Item(i).Field("on_match")))).ToConfigList();

    private OnMatchConfig OnMatch(Matcher.Types.OnMatch? match, Place place)
    {
        if (match?.Matcher is { } next)
        {
            return new OnMatchConfig { Matcher = Translate(next, place.Field("matcher")) };
        }

        var at = place.Field("action").Field("typed_config");
        return match?.Action?.TypedConfig is { } action
            ? new OnMatchConfig { Action = _action(action, at) }
            : Missing(at, new OnMatchConfig());
    }

    private PredicateConfig Predicate(FieldPredicate? predicate, Place place) => predicate?.MatchTypeCase switch
    {
        FieldPredicate.MatchTypeOneofCase.OrMatcher => new AnyPredicateConfig(Predicates(predicate.OrMatcher, place.Field("or_matcher"))),
        FieldPredicate.MatchTypeOneofCase.AndMatcher => new AllPredicateConfig(Predicates(predicate.AndMatcher, place.Field("and_matcher"))),
        FieldPredicate.MatchTypeOneofCase.NotMatcher => new NotPredicateConfig(Predicate(predicate.NotMatcher, place.Field("not_matcher"))),
        FieldPredicate.MatchTypeOneofCase.SinglePredicate => Single(predicate.SinglePredicate, place.Field("single_predicate")),
        _ => Missing(place, new AllPredicateConfig([])),
    };

    private ConfigList<PredicateConfig> Predicates(FieldPredicate.Types.PredicateList list, Place place) =>
        list.Predicate.Select((predicate, i) => Predicate(predicate, place.Field("predicate").Item(i))).ToConfigList();

    private InputPredicateConfig Single(FieldPredicate.Types.SinglePredicate predicate, Place place) => new(
        Input(predicate.Input, place), predicate.ValueMatch is { } text
            ? new TextInputMatcherConfig(Text(text, place.Field("value_match")))
            : Extension<InputMatcherConfig>(predicate.CustomMatch, place.Field("custom_match")) ?? new TextInputMatcherConfig(Nothing));

    private MatchInputConfig Input(TypedExtensionConfig? input, Place place) =>
        Extension<MatchInputConfig>(input, place.Field("input")) ?? new MatchInputConfig(MatchInputKind.Constant);

    private MatcherTableConfig Table(Matcher.Types.MatcherTree tree, Place place)
    {
        var input = Input(tree.Input, place);
        switch (tree.TreeTypeCase)
        {
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.ExactMatchMap:
                return new ExactTableConfig(input, Map(tree.ExactMatchMap, place.Field("exact_match_map")));
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.PrefixMatchMap:
                return new PrefixTableConfig(input, Map(tree.PrefixMatchMap, place.Field("prefix_match_map")));
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.CustomMatch:
                return Custom(tree.CustomMatch.TypedConfig, input, place.Field("custom_match").Field("typed_config"));
            default:
                return Missing(place, new ExactTableConfig(input, []));
        }
    }

    private ConfigList<KeyValuePair<string, OnMatchConfig>> Map(Matcher.Types.MatcherTree.Types.MatchMap map, Place place) => map.Map
        .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => KeyValuePair.Create(entry.Key, OnMatch(entry.Value, place.Field("map").Key(entry.Key)))).ToConfigList();

    // What tables lead to depends on the use as well, so these two are no extensions that could be translated alone.
    private MatcherTableConfig Custom(Any? any, MatchInputConfig input, Place place)
    {
        if (any?.Is(IPMatcher.Descriptor) == true)
        {
            return new AddressTableConfig(input, Ranges(IPMatcher.Parser.Read(any.Value), place.Field("range_matchers")));
        }

        if (any?.Is(ServerNameMatcher.Descriptor) == true)
        {
            return new DomainTableConfig(input, Domains(ServerNameMatcher.Parser.Read(any.Value), place.Field("domain_matchers")));
        }

        _context.Fault(place, any is null ? "required" : $"{any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..]} is no table");
        return new ExactTableConfig(input, []);
    }

    private ConfigList<AddressEntryConfig> Ranges(IPMatcher matcher, Place place) => matcher.RangeMatchers.Select((entry, i) =>
        new AddressEntryConfig(
            CidrTranslator.Translate(entry.Ranges, place.Item(i).Field("ranges"), _context), OnMatch(entry.OnMatch, place.Item(i).Field("on_match")))
        {
            Exclusive = entry.Exclusive,
        }).ToConfigList();

    private ConfigList<DomainEntryConfig> Domains(ServerNameMatcher matcher, Place place) => matcher.DomainMatchers.Select((entry, i) =>
        new DomainEntryConfig(entry.Domains.ToConfigList(), OnMatch(entry.OnMatch, place.Item(i).Field("on_match")))).ToConfigList();

    private StringMatcherConfig Text(StringMatcher matcher, Place place)
    {
        var (kind, pattern) = matcher.MatchPatternCase switch
        {
            StringMatcher.MatchPatternOneofCase.Prefix => (StringMatchKind.Prefix, matcher.Prefix),
            StringMatcher.MatchPatternOneofCase.Suffix => (StringMatchKind.Suffix, matcher.Suffix),
            StringMatcher.MatchPatternOneofCase.Contains => (StringMatchKind.Contains, matcher.Contains),
            StringMatcher.MatchPatternOneofCase.SafeRegex => (StringMatchKind.Regex, matcher.SafeRegex?.Regex ?? ""),
            _ => (StringMatchKind.Exact, matcher.Exact),
        };
        return MatcherTranslator.Text(kind, pattern, matcher.IgnoreCase, place, _context);
    }

    private T? Extension<T>(TypedExtensionConfig? extension, Place place)
        where T : class
    {
        var at = place.Field("typed_config");
        var record = _context.Extensions.Translate(extension?.TypedConfig, at, _context);
        if (record is not (null or T))
        {
            _context.Fault(at, "is nothing that can stand here");
        }

        return record as T;
    }

    private T Missing<T>(Place place, T stand)
    {
        _context.Fault(place, "required");
        return stand;
    }

    private static StringMatcherConfig Nothing { get; } = new(StringMatchKind.Exact, "");
}
