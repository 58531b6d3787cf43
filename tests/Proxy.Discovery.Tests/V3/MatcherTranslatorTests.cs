using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;

namespace Proxy.Discovery.Tests.V3;

internal sealed class MatcherTranslatorTests
{
    private const string Input = """input: {name: i, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: k}}""";

    private static readonly MatchInputConfig Header = new(MatchInputKind.RequestHeader, "k");

    [Test]
    public void Matcher_ListOfPredicates_IsKept()
    {
        var matcher = Matcher($$"""
            matcher_list:
              matchers:
              - predicate:
                  and_matcher:
                    predicate:
                    - single_predicate: { {{Input}}, value_match: {prefix: a, ignore_case: true} }
                    - not_matcher: {single_predicate: { {{Input}}, value_match: {safe_regex: {google_re2: {}, regex: x+} } } }
                on_match: { {{Route("one")}} }
            on_no_match: { {{Route("other")}} }
            """);
        matcher.List[0].Predicate.Should().Be(new AllPredicateConfig(
        [
            new InputPredicateConfig(Header, new TextInputMatcherConfig(new StringMatcherConfig(StringMatchKind.Prefix, "a") { IgnoreCase = true })),
            new NotPredicateConfig(new InputPredicateConfig(Header, new TextInputMatcherConfig(new StringMatcherConfig(StringMatchKind.Regex, "x+")))),
        ]));
        NameOf(matcher.List[0].OnMatch).Should().Be("one");
        NameOf(matcher.OnNoMatch!).Should().Be("other");
    }

    [Test]
    public void Matcher_Map_IsKept()
    {
        var matcher = Matcher($$"""
            matcher_tree:
              {{Input}}
              prefix_match_map: {map: {a: { {{Route("a")}} }, b: {matcher: {on_no_match: { {{Route("b")}} } } } } }
            """);
        var table = matcher.Table.Should().BeOfType<PrefixTableConfig>().Subject;
        table.Input.Should().Be(Header);
        table.Entries.Select(static entry => entry.Key).Should().Equal("a", "b");
        NameOf(table.Entries[0].Value).Should().Be("a");
        NameOf(table.Entries[1].Value.Matcher!.OnNoMatch!).Should().Be("b");
    }

    [Test]
    public void Matcher_AddressAndDomainTables_AreKept()
    {
        var matcher = Matcher($$"""
            matcher_tree:
              {{Input}}
              custom_match:
                name: c
                typed_config:
                  "@type": type.googleapis.com/xds.type.matcher.v3.IPMatcher
                  range_matchers: [{ranges: [{address_prefix: 10.1.0.0, prefix_len: 8}], exclusive: true, on_match: { {{Route("ip")}} } }]
            on_no_match:
              matcher:
                matcher_tree:
                  {{Input}}
                  custom_match:
                    name: c
                    typed_config:
                      "@type": type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher
                      domain_matchers: [{domains: [a.test, '*.b.test'], on_match: { {{Route("dns")}} } }]
            """);
        var addresses = matcher.Table.Should().BeOfType<AddressTableConfig>().Subject.Entries[0];
        addresses.Ranges.Should().Equal(new CidrRange(IPAddress.Parse("10.0.0.0"), 8));
        addresses.Exclusive.Should().BeTrue();
        var domains = matcher.OnNoMatch!.Matcher!.Table.Should().BeOfType<DomainTableConfig>().Subject.Entries[0];
        domains.Domains.Should().Equal("a.test", "*.b.test");
        NameOf(domains.OnMatch).Should().Be("dns");
    }

    [Test]
    public void Matcher_ListOfRoutes_IsKept()
    {
        var action = Matcher("""
            on_no_match:
              action:
                name: a
                typed_config:
                  "@type": type.googleapis.com/envoy.config.route.v3.RouteList
                  routes: [{name: r, match: {prefix: /}, direct_response: {status: 200}}]
            """).OnNoMatch!.Action;
        action.Should().BeOfType<RouteListConfig>().Which.Routes[0].Name.Should().Be("r");
    }

    [TestCase("""{"@type": type.googleapis.com/xds.type.matcher.v3.IPMatcher}""", "cannot be used here")]
    public void Matcher_InputThatIsNone_IsRefused(string input, string message) =>
        Loading.Faults(Text($$"""
            matcher_list:
              matchers:
              - predicate: {single_predicate: {input: {name: i, typed_config: {{input}} }, value_match: {exact: a} } }
                on_match: { {{Route("a")}} }
            """)).Should().ContainSingle().Which.Should().Contain(message);

    [TestCase("cel_expr_parsed: {expr: {EXPR}}")]
    [TestCase("cel_expr_checked: {expr: {EXPR}}")]
    [TestCase("parsed_expr: {expr: {EXPR}}")]
    [TestCase("checked_expr: {expr: {EXPR}}")]
    public void Matcher_Expression_IsKept(string expression)
    {
        expression = expression.Replace(
            "EXPR",
            """
            call_expr: {function: "_==_", args: [
              {select_expr: {operand: {ident_expr: {name: request}}, field: path}},
              {call_expr: {target: {const_expr: {string_value: a}}, function: f, args: [{list_expr: {elements: [{const_expr: {int64_value: 1}}]}}, {struct_expr: {entries: [{map_key: {const_expr: {bool_value: true}}, value: {const_expr: {null_value: NULL_VALUE}}}]}}]}}]}
            """,
            StringComparison.Ordinal);

        var matcher = Matcher(Expression(expression));

        var root = new ExpressionCallConfig("_==_", null,
        [
            new ExpressionSelectConfig(new ExpressionNameConfig("request"), "path"),
            new ExpressionCallConfig("f", new ExpressionConstantConfig("a"),
            [
                new ExpressionListConfig([new ExpressionConstantConfig(1L)]),
                new ExpressionMapConfig([new(new ExpressionConstantConfig(true), new ExpressionConstantConfig(null))]),
            ]),
        ]);
        matcher.List[0].Predicate.Should().Be(new InputPredicateConfig(new MatchInputConfig(MatchInputKind.Attributes), new CelInputMatcherConfig(new CelConfig(root))));
    }

    [TestCase("cel_expr_string: 'true'", "needs a parsed expression")]
    [TestCase("cel_expr_parsed: {expr: {comprehension_expr: {iter_var: x}}}", "comprehension_expr")]
    public void Matcher_ExpressionThatIsNone_IsRefused(string expression, string message) =>
        Loading.Faults(Text(Expression(expression))).Should().Contain(fault => fault.Contains(message, StringComparison.Ordinal));

    private static string Expression(string expression) => $$"""
        matcher_list:
          matchers:
          - predicate:
              single_predicate:
                input: {name: i, typed_config: {"@type": type.googleapis.com/xds.type.matcher.v3.HttpAttributesCelMatchInput} }
                custom_match:
                  name: c
                  typed_config: {"@type": type.googleapis.com/xds.type.matcher.v3.CelMatcher, expr_match: { {{expression.Replace("\n", " ", StringComparison.Ordinal)}} } }
            on_match: { {{Route("a")}} }
        """;

    [Test]
    public void Matcher_ActionOfAnotherUse_IsRefused() =>
        Loading.Faults(Text("""on_no_match: {action: {name: a, typed_config: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig} } }"""))
            .Should().ContainSingle().Which.Should().Contain("must be a Route or a RouteList");

    [Test]
    public void Matcher_KeepMatching_IsRefused() =>
        Loading.Faults(Text($$"""on_no_match: { {{Route("a")}}, keep_matching: true }""")).Should().ContainSingle().Which.Should().Contain("keep_matching");

    [Test]
    public void RouteMatch_FilterData_IsKept()
    {
        var match = Loading.Route("""
            - match:
                prefix: /
                dynamic_metadata: [{filter: ns, path: [{key: a}, {key: b}], value: {or_match: {value_matchers: [{null_match: {}}, {double_match: {exact: 2}}]}}, invert: true}]
                filter_state: [{key: k, address_match: {ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]}}]
              route: {cluster: u}
            """).Match;
        match.DynamicMetadata.Should().Equal(new MetadataMatcherConfig("ns", ["a", "b"], new AnyValueMatcherConfig([new NullValueMatcherConfig(), new NumberMatcherConfig(2)]))
        {
            Invert = true,
        });
        match.FilterState.Should().Equal(new FilterStateMatcherConfig("k") { Ranges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] });
    }

    private static string NameOf(OnMatchConfig onMatch) => ((RouteConfig)onMatch.Action!).Name;

    private static string Route(string name) =>
        $$"""action: {name: a, typed_config: {"@type": type.googleapis.com/envoy.config.route.v3.Route, name: {{name}}, match: {prefix: /}, direct_response: {status: 200} } }""";

    private static string Text(string matcher) => Loading.ManagerText(
        "route_config:\n  virtual_hosts:\n  - name: v\n    domains: ['*']\n    matcher:\n" + string.Concat(matcher.Split('\n').Select(static line => $"      {line}\n")));

    private static MatcherConfig Matcher(string matcher) =>
        ((HttpConnectionManagerConfig)Loading.Config(Text(matcher)).Listeners[0].FilterChains[0].Filters[0].Config).Routes.VirtualHosts[0].Matcher!;
}
