using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;

namespace Proxy.Discovery.Tests.V3;

/// <summary>The filters that admit, skip or fail requests.</summary>
internal sealed class AccessControlTranslatorTests
{
    private const string Rbac = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private const string Type = "type.googleapis.com/";

    private static readonly RbacAlwaysConfig Always = new();

    private static readonly CidrRange Ten = new(IPAddress.Parse("10.0.0.0"), 8);

    private static readonly MetadataMatcherConfig Metadata = new("ns", ["k"], new BoolMatcherConfig(true));

    private static readonly object[] Permissions =
    [
        new object[] { "any: true", Always },
        new object[] { "and_rules: {rules: [{any: true}]}", new RbacAllConfig([Always]) },
        new object[] { "or_rules: {rules: [{any: true}]}", new RbacAnyConfig([Always]) },
        new object[] { "not_rule: {any: true}", new RbacNotConfig(Always) },
        new object[] { "header: {name: x}", new RbacHeaderConfig(new HeaderMatcherConfig("x")) },
        new object[] { "url_path: {path: {exact: /a}}", new RbacPathConfig(Exact("/a")) },
        new object[] { "destination_ip: {address_prefix: 10.0.0.0, prefix_len: 8}", new RbacAddressConfig(RbacAddress.Destination, Ten) },
        new object[] { "destination_port: 80", new RbacPortConfig(80, 81) },
        new object[] { "destination_port_range: {start: 1, end: 65536}", new RbacPortConfig(1, 65536) },
        new object[] { "requested_server_name: {exact: a}", new RbacServerNameConfig(Exact("a")) },
        new object[] { "metadata: {filter: ns, path: [{key: k}], value: {bool_match: true}}", new RbacMetadataConfig(Metadata) },
        new object[]
        {
            "sourced_metadata: {metadata_source: ROUTE, metadata_matcher: {filter: ns, path: [{key: k}], value: {bool_match: true}}}",
            new RbacMetadataConfig(Metadata, OfRoute: true),
        },
        new object[]
        {
            $"uri_template: {{name: t, typed_config: {{\"@type\": {Type}envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: '/{{x}}'}}}}",
            new RbacPathTemplateConfig("/{x}"),
        },
    ];

    private static readonly object[] Principals =
    [
        new object[] { "and_ids: {ids: [{any: true}]}", new RbacAllConfig([Always]) },
        new object[] { "or_ids: {ids: [{any: true}]}", new RbacAnyConfig([Always]) },
        new object[] { "not_id: {any: true}", new RbacNotConfig(Always) },
        new object[] { "header: {name: x}", new RbacHeaderConfig(new HeaderMatcherConfig("x")) },
        new object[] { "url_path: {path: {exact: /a}}", new RbacPathConfig(Exact("/a")) },
        new object[] { "source_ip: {address_prefix: 10.0.0.0, prefix_len: 8}", new RbacAddressConfig(RbacAddress.Source, Ten) },
        new object[] { "direct_remote_ip: {address_prefix: 10.0.0.0, prefix_len: 8}", new RbacAddressConfig(RbacAddress.DirectRemote, Ten) },
        new object[] { "remote_ip: {address_prefix: 10.0.0.0, prefix_len: 8}", new RbacAddressConfig(RbacAddress.Remote, Ten) },
        new object[] { "authenticated: {principal_name: {exact: who}}", new RbacAuthenticatedConfig(Exact("who")) },
        new object[] { "authenticated: {}", new RbacAuthenticatedConfig(null) },
        new object[] { "filter_state: {key: k, string_match: {exact: v}}", new RbacFilterStateConfig(new FilterStateMatcherConfig("k") { Text = Exact("v") }) },
    ];

    [TestCaseSource(nameof(Permissions))]
    public void Rbac_Permission_IsKept(string text, RbacConditionConfig expected)
    {
        var rules = Filter<RbacConfig>(Rbac, $"rules: {{action: DENY, policies: {{p: {{permissions: [{{{text}}}], principals: [{{any: true}}]}}}}}}").Enforced.Rules;

        rules.Should().Be(Policy(RbacAction.Deny, new RbacPolicyConfig([expected], [Always])));
    }

    [TestCaseSource(nameof(Principals))]
    public void Rbac_Principal_IsKept(string text, RbacConditionConfig expected) =>
        Filter<RbacConfig>(Rbac, $"shadow_rules: {{policies: {{p: {{permissions: [{{any: true}}], principals: [{{{text}}}]}}}}}}").Shadow.Rules
            .Should().Be(Policy(RbacAction.Allow, new RbacPolicyConfig([Always], [expected])));

    [TestCase("condition: {ident_expr: {name: a}}", false)]
    [TestCase("checked_condition: {expr: {ident_expr: {name: a}}}, cel_config: {enable_string_conversion: true}", true)]
    public void Rbac_Condition_IsKept(string condition, bool converts) =>
        Filter<RbacConfig>(Rbac, $"rules: {{policies: {{p: {{permissions: [{{any: true}}], principals: [{{any: true}}], {condition}}}}}}}").Enforced.Rules
            .Should().Be(Policy(RbacAction.Allow, new RbacPolicyConfig([Always], [Always])
            {
                Condition = new CelConfig(new ExpressionNameConfig("a")) { StringConversion = converts },
            }));

    [Test]
    public void Rbac_MatcherAndPrefixes_AreKept()
    {
        var action = $"{{name: a, typed_config: {{\"@type\": {Type}envoy.config.rbac.v3.Action, name: who, action: LOG}}}}";
        var config = Filter<RbacConfig>(Rbac, $"matcher: {{on_no_match: {{action: {action}}}}}\nrules_stat_prefix: r\nshadow_rules_stat_prefix: s\ntrack_per_rule_stats: true");

        config.Should().Be(new RbacConfig
        {
            Enforced = new RbacRuleSetConfig
            {
                Matcher = new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = new RbacMatchActionConfig("who", RbacAction.Log) } },
                StatPrefix = "r",
            },
            Shadow = new RbacRuleSetConfig { StatPrefix = "s" },
            CountsPolicies = true,
        });
    }

    [TestCase("policies: {p: {permissions: [{any: true}], principals: [{any: true}], condition: {}}}", "condition: required")]
    [TestCase("policies: {p: {permissions: [{any: true}], principals: [{any: true}], condition: {ident_expr: {name: a}}, checked_condition: {expr: {ident_expr: {name: a}}}}}", "does not go with condition")]
    [TestCase("policies: {p: {permissions: [{destination_port_range: {start: 5, end: 5}}], principals: [{any: true}]}}", "must be a range of ports")]
    [TestCase("policies: {p: {permissions: [], principals: [{any: true}]}}", "permissions")]
    public void Rbac_WhatIsWrong_IsRefused(string rules, string message) =>
        Loading.Faults(Text(Rbac, $"rules: {{{rules}}}")).Should().ContainSingle().Which.Should().Contain(message);

    [Test]
    public void NetworkRbac_Settings_AreKept()
    {
        var listener = Loading.Listener($$"""
            filter_chains:
            - filters:
              - name: rbac
                typed_config: {"@type": {{Type}}envoy.extensions.filters.network.rbac.v3.RBAC, stat_prefix: p, enforcement_type: CONTINUOUS, delay_deny: 2s, rules: {}, shadow_rules_stat_prefix: s}
              - name: echo
                typed_config: {"@type": {{Type}}envoy.extensions.filters.network.echo.v3.Echo}
            """);
        listener.FilterChains[0].Filters[0].Config.Should().Be(new NetworkRbacConfig("p")
        {
            IsContinuous = true,
            DelayDeny = TimeSpan.FromSeconds(2),
            Enforced = new RbacRuleSetConfig { Rules = new RbacRulesConfig(RbacAction.Allow, []) },
            Shadow = new RbacRuleSetConfig { StatPrefix = "s" },
        });
    }

    [Test]
    public void MatchDelegate_FilterAndMatcher_AreKept()
    {
        var skip = $"{{name: a, typed_config: {{\"@type\": {Type}envoy.extensions.filters.common.matcher.action.v3.SkipFilter}}}}";
        var fault = $"{{name: f, typed_config: {{\"@type\": {Type}envoy.extensions.filters.http.fault.v3.HTTPFault, upstream_cluster: u}}}}";
        var config = Filter<MatchDelegateConfig>(
            "envoy.extensions.common.matching.v3.ExtensionWithMatcher", $"extension_config: {fault}\nxds_matcher: {{on_no_match: {{action: {skip}}}}}");

        config.Should().Be(new MatchDelegateConfig(
            new FilterConfig("f", new FaultConfig { UpstreamCluster = "u" }), new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = new SkipFilterConfig() } }));
    }

    [Test]
    public void Fault_Settings_AreKept() =>
        Filter<FaultConfig>(
            "envoy.extensions.filters.http.fault.v3.HTTPFault",
            "abort: {http_status: 418, percentage: {numerator: 5, denominator: TEN_THOUSAND}}\ndelay: {fixed_delay: 0.5s, percentage: {numerator: 7}}\nheaders: [{name: x}]")
            .Should().Be(new FaultConfig
            {
                Abort = new FaultAbortConfig(418, new FractionConfig(5, 10_000, "fault.http.abort.abort_percent")),
                Delay = new FaultDelayConfig(TimeSpan.FromMilliseconds(500), new FractionConfig(7, 100, "fault.http.delay.fixed_delay_percent")),
                Headers = [new HeaderMatcherConfig("x")],
            });

    [Test]
    public void Route_SettingsOfThese_AreKept()
    {
        var perFilter = $"{{r: {{\"@type\": {Type}{Rbac}PerRoute}}, m: {{\"@type\": {Type}envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute}}}}";
        Loading.Route($"- {{match: {{prefix: /}}, route: {{cluster: u}}, typed_per_filter_config: {perFilter}}}").PerFilter.Should()
            .BeEquivalentTo([new PerFilterConfig("r", new RbacRouteConfig(null)), new PerFilterConfig("m", new MatchDelegateRouteConfig(null))]);
    }

    private static RbacRulesConfig Policy(RbacAction action, RbacPolicyConfig policy) => new(action, [KeyValuePair.Create("p", policy)]);

    private static StringMatcherConfig Exact(string text) => new(StringMatchKind.Exact, text);

    private static string Text(string type, string settings) => Loading.ListenerText(
        "filter_chains:\n- filters:\n  - name: hcm\n    typed_config:\n"
        + $"      \"@type\": {Type}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager\n      stat_prefix: s\n      route_config: {{}}\n      http_filters:\n"
        + $"      - name: f\n        typed_config:\n          \"@type\": {Type}{type}\n"
        + string.Concat(settings.Split('\n').Select(static line => $"          {line}\n"))
        + $"      - {{name: router, typed_config: {{\"@type\": {Type}envoy.extensions.filters.http.router.v3.Router}}}}\n");

    private static T Filter<T>(string type, string settings) =>
        (T)((HttpConnectionManagerConfig)Loading.Config(Text(type, settings)).Listeners[0].FilterChains[0].Filters[0].Config).Filters[0].Config;
}
