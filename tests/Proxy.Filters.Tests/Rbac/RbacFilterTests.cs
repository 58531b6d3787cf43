using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Filters.Http.Rbac;
using Proxy.Filters.Tests.Router;

namespace Proxy.Filters.Tests.Rbac;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RbacFilterTests : RouterFixture
{
    private static readonly CidrRange Ten = new(IPAddress.Parse("10.0.0.0"), 8);

    private static readonly object[] Conditions =
    [
        new object[] { new RbacAlwaysConfig(), "/", true },
        new object[] { new RbacNotConfig(new RbacAlwaysConfig()), "/", false },
        new object[] { new RbacAllConfig([new RbacAlwaysConfig(), Path("/a")]), "/a", true },
        new object[] { new RbacAllConfig([new RbacAlwaysConfig(), Path("/a")]), "/b", false },
        new object[] { new RbacAnyConfig([Path("/a"), Path("/b")]), "/b", true },
        new object[] { new RbacAnyConfig([Path("/a"), Path("/b")]), "/c", false },
        new object[] { Path("/a"), "/a?x=1", true },
        new object[] { new RbacPathTemplateConfig("/v/{x}/end"), "/v/1/end?q", true },
        new object[] { new RbacPathTemplateConfig("/v/{x}/end"), "/v/1/2/end", false },
        new object[] { new RbacHeaderConfig(new HeaderMatcherConfig(":method") { Text = Exact("GET") }), "/", true },
        new object[] { new RbacHeaderConfig(new HeaderMatcherConfig("x-none")), "/", false },
        new object[] { new RbacAddressConfig(RbacAddress.Destination, Ten), "/", true },
        new object[] { new RbacAddressConfig(RbacAddress.Source, Ten), "/", false },
        new object[] { new RbacAddressConfig(RbacAddress.DirectRemote, new CidrRange(IPAddress.Parse("9.8.7.6"), 32)), "/", true },
        new object[] { new RbacAddressConfig(RbacAddress.Remote, new CidrRange(IPAddress.Parse("9.8.7.6"), 32)), "/", true },
        new object[] { new RbacPortConfig(8080, 8081), "/", true },
        new object[] { new RbacPortConfig(8081, 8090), "/", false },
        new object[] { new RbacServerNameConfig(Exact("")), "/", true },
        new object[] { new RbacServerNameConfig(Exact("a.test")), "/", false },
        new object[] { new RbacAuthenticatedConfig(null), "/", false },
        new object[] { Metadata("ns", ofRoute: false), "/", true },
        new object[] { Metadata("other", ofRoute: false), "/", false },
        new object[] { Metadata("route", ofRoute: true), "/", true },
        new object[] { Metadata("ns", ofRoute: true), "/", false },
        new object[] { new RbacFilterStateConfig(new FilterStateMatcherConfig("k") { Text = Exact("v") }), "/", false },
    ];

    [TestCaseSource(nameof(Conditions))]
    public void Condition_DecidesAsAPermissionAndAsAPrincipal(RbacConditionConfig condition, string path, bool allowed)
    {
        Start(Allow(new RbacPolicyConfig([condition], [new RbacAlwaysConfig()])), Allow(new RbacPolicyConfig([new RbacAlwaysConfig()], [condition])));

        Ask(path).Should().Be(allowed ? "200" : "403");
    }

    [TestCase("request.method == 'GET' && request.url_path == '/a'", "200")]
    [TestCase("request.method == 'POST'", "403")]
    [TestCase("request.headers['no'] == 'x'", "403")]
    public void Policy_WithACondition_AsksItToo(string expression, string status)
    {
        Start(Allow(new RbacPolicyConfig([new RbacAlwaysConfig()], [new RbacAlwaysConfig()]) { Condition = new CelConfig(new ExpressionTextConfig(expression)) }));

        Ask("/a").Should().Be(status);
    }

    [Test]
    public void Matcher_Expression_Decides()
    {
        var predicate = new InputPredicateConfig(new MatchInputConfig(MatchInputKind.Attributes), new CelInputMatcherConfig(new CelConfig(new ExpressionTextConfig("source.port > 0"))));
        var action = new OnMatchConfig { Action = new RbacMatchActionConfig("a", RbacAction.Allow) };
        Start(new RbacConfig { Enforced = new RbacRuleSetConfig { Matcher = new MatcherConfig { List = [new FieldMatcherConfig(predicate, action)] } } });

        Ask("/a").Should().Be("200");
    }

    [Test]
    public void Request_NotAdmitted_IsAnsweredAndLogged()
    {
        Start(Allow(new RbacPolicyConfig([Path("/a")], [new RbacAlwaysConfig()])));
        var (head, body) = Answer(Client().Send(Get("/b")));

        head.Should().StartWith("HTTP/1.1 403 Forbidden\r\n");
        body.Should().Be("RBAC: access denied");
        Log.Should().Equal("403 - rbac_access_denied_matched_policy[none]");
        Stat("http.in.rbac.denied").Should().Be(1);
        Stat("http.in.rbac.allowed").Should().Be(0);
    }

    [Test]
    public void Deny_FirstPolicyByName_IsNamed()
    {
        LogText = "%RESPONSE_CODE_DETAILS% %DYNAMIC_METADATA(envoy.filters.http.rbac)%";
        var always = new RbacPolicyConfig([new RbacAlwaysConfig()], [new RbacAlwaysConfig()]);
        Start(Rules(RbacAction.Deny, ("b", always), ("a policy", always)));

        Ask("/").Should().Be("403");
        Log.Should().Equal("rbac_access_denied_matched_policy[a_policy] {\"enforced_effective_policy_id\":\"a policy\",\"enforced_engine_result\":\"denied\"}");
    }

    [TestCase("/a", "true")]
    [TestCase("/b", "false")]
    public void Log_AdmitsAllAndLeavesAHint(string path, string hint)
    {
        LogText = "%DYNAMIC_METADATA(envoy.common:access_log_hint)%";
        Start(Rules(RbacAction.Log, ("p", new RbacPolicyConfig([Path("/a")], [new RbacAlwaysConfig()]))));

        Ask(path).Should().Be("200");
        Log.Should().Equal(hint);
    }

    [Test]
    public void Shadow_IsCountedAndNotedOnly()
    {
        LogText = "%DYNAMIC_METADATA(envoy.filters.http.rbac)%";
        var shadow = Rules(RbacAction.Deny, ("s", new RbacPolicyConfig([Path("/a")], [new RbacAlwaysConfig()]))).Enforced;
        Start(new RbacConfig { Shadow = shadow with { StatPrefix = "sh_" }, CountsPolicies = true });

        Ask("/a").Should().Be("200");
        Ask("/b").Should().Be("200");
        Stat("http.in.rbac.sh_.shadow_denied").Should().Be(1);
        Stat("http.in.rbac.sh_.shadow_allowed").Should().Be(1);
        Stat("http.in.rbac.sh_.policy.s.shadow_denied").Should().Be(1);
        Log.Should().Equal("{\"sh_shadow_effective_policy_id\":\"s\",\"sh_shadow_engine_result\":\"denied\"}", "{\"sh_shadow_engine_result\":\"allowed\"}");
    }

    [TestCase("allow", "200")]
    [TestCase("deny", "403")]
    [TestCase("none", "403")]
    public void Matcher_DecidesByItsActions_AndAdmitsNothingElse(string value, string expected)
    {
        var table = new ExactTableConfig(
            new MatchInputConfig(MatchInputKind.RequestHeader, "x"),
            [
                KeyValuePair.Create("allow", new OnMatchConfig { Action = new RbacMatchActionConfig("a", RbacAction.Allow) }),
                KeyValuePair.Create("deny", new OnMatchConfig { Action = new RbacMatchActionConfig("d", RbacAction.Deny) }),
            ]);
        Start(new RbacConfig { Enforced = new RbacRuleSetConfig { Matcher = new MatcherConfig { Table = table } } });

        Ask("/", $"x: {value}\r\n").Should().Be(expected);
    }

    [Test]
    public void Route_HasRulesOfItsOwnOrNone()
    {
        var never = Allow(new RbacPolicyConfig([new RbacNotConfig(new RbacAlwaysConfig())], [new RbacAlwaysConfig()]));
        var open = To("app", "/open") with { PerFilter = [new PerFilterConfig("rbac0", new RbacRouteConfig(null))] };
        var own = To("app", "/own") with
        {
            PerFilter = [new PerFilterConfig("rbac0", new RbacRouteConfig(Allow(new RbacPolicyConfig([Path("/own")], [new RbacAlwaysConfig()]))))],
        };
        Start(Table(open, own, To("app")), null, config => config with { Filters = [new FilterConfig("rbac0", never), .. config.Filters] });

        Ask("/open").Should().Be("200");
        Ask("/own").Should().Be("200");
        Ask("/own/not").Should().Be("403");
        Ask("/").Should().Be("403");
    }

    [Test]
    public void Compile_BrokenRules_AreAllRefused()
    {
        Start(To("app"));
        var config = new RbacConfig
        {
            Enforced = Allow(new RbacPolicyConfig([], [new RbacPathConfig(new StringMatcherConfig(StringMatchKind.Regex, "("))])).Enforced,
            Shadow = new RbacRuleSetConfig { Matcher = new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = "text" } } },
        };

        var act = () => RbacModel.Compile(config, Lent());

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "rules.policies[p].permissions", "rules.policies[p].principals[0].url_path.path", "shadow_matcher.on_no_match.action");
    }

    private static StringMatcherConfig Exact(string text) => new(StringMatchKind.Exact, text);

    private static RbacPathConfig Path(string path) => new(Exact(path));

    private static RbacMetadataConfig Metadata(string name, bool ofRoute) => new(new MetadataMatcherConfig(name, ["k"], new TextValueMatcherConfig(Exact("v"))), ofRoute);

    private static RbacConfig Rules(RbacAction action, params (string Name, RbacPolicyConfig Policy)[] policies) => new()
    {
        Enforced = new RbacRuleSetConfig
        {
            Rules = new RbacRulesConfig(action, policies.Select(static policy => KeyValuePair.Create(policy.Name, policy.Policy)).ToConfigList()),
        },
    };

    private static RbacConfig Allow(RbacPolicyConfig policy) => Rules(RbacAction.Allow, ("p", policy));

    private void Start(params RbacConfig[] filters)
    {
        var metadata = new FilterConfig("metadata", new SetMetadataConfig([new SetMetadataEntry("ns", """{"k":"v"}""")]));
        var route = To("app") with { Metadata = [KeyValuePair.Create("route", """{"k":"v"}""")] };
        Start(Table(route), null, config => config with
        {
            Filters = [metadata, .. filters.Select(static (filter, i) => new FilterConfig("rbac" + i, filter)), .. config.Filters],
        });
    }

    private string Ask(string path, string more = "")
    {
        var client = Client().Send(Get(path, more));
        if (Upstream.Waiting > 0)
        {
            Upstream.Accept().Send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        }

        return Answer(client).Head["HTTP/1.1 ".Length..][..3];
    }
}
