using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Routing.Actions;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class RouteMatchTests
{
    [TestCase(PathMatchKind.Prefix, "/a", "/a", true)]
    [TestCase(PathMatchKind.Prefix, "/a", "/ab?x", true)]
    [TestCase(PathMatchKind.Prefix, "/a", "/A", false)]
    [TestCase(PathMatchKind.Prefix, "/a?x", "/a?x", false, Description = "the query is no part of the path")]
    [TestCase(PathMatchKind.Prefix, "", "/anything", true)]
    [TestCase(PathMatchKind.Exact, "/a", "/a?x=1", true)]
    [TestCase(PathMatchKind.Exact, "/a", "/a/", false)]
    [TestCase(PathMatchKind.SeparatedPrefix, "/a", "/a", true)]
    [TestCase(PathMatchKind.SeparatedPrefix, "/a", "/a/b", true)]
    [TestCase(PathMatchKind.SeparatedPrefix, "/a", "/a?x", true)]
    [TestCase(PathMatchKind.SeparatedPrefix, "/a", "/ab", false)]
    [TestCase(PathMatchKind.Regex, "/a+", "/aaa?x", true)]
    [TestCase(PathMatchKind.Regex, "/a+", "/aaab", false, Description = "the whole path has to match")]
    public void Path_IsComparedAsConfigured(PathMatchKind kind, string path, string asked, bool matches)
    {
        Matches(new RouteMatchConfig(kind, path), asked).Should().Be(matches);
    }

    [TestCase(PathMatchKind.Prefix, "/Ab", "/aBc")]
    [TestCase(PathMatchKind.Exact, "/Ab", "/aB")]
    [TestCase(PathMatchKind.SeparatedPrefix, "/Ab", "/aB/c")]
    public void Path_CaseIgnored_ComparesLettersOnly(PathMatchKind kind, string path, string asked)
    {
        Matches(new RouteMatchConfig(kind, path) { CaseSensitive = false }, asked).Should().BeTrue();
        Matches(new RouteMatchConfig(kind, path + "@") { CaseSensitive = false }, asked.Replace("aB", "aB`", StringComparison.Ordinal)).Should().BeFalse();
    }

    [Test]
    public void Connect_IsMatchedByItsOwnMatcherOnly()
    {
        var table = RoutingFixture.Compile(
            RoutingFixture.Answer("prefix", new RouteMatchConfig(PathMatchKind.Prefix)), RoutingFixture.Answer("connect", new RouteMatchConfig(PathMatchKind.Connect)));
        var connect = RoutingFixture.Request(method: "CONNECT");
        connect.Remove(Proxy.Http.KnownHeader.Path);

        table.Ask(connect).Should().Be("connect");
        table.Ask(RoutingFixture.Request()).Should().Be("prefix");
    }

    [Test]
    public void Matcher_LeadsToRoutes_TheFirstThatMatchesIsTaken()
    {
        var list = new RouteListConfig(
            [RoutingFixture.Answer("b", new RouteMatchConfig(PathMatchKind.Exact, "/b")), RoutingFixture.Answer("b*", new RouteMatchConfig(PathMatchKind.Prefix, "/b"))]);
        var matcher = new MatcherConfig
        {
            Table = new ExactTableConfig(new MatchInputConfig(MatchInputKind.RequestHeader, "k"), [KeyValuePair.Create("list", new OnMatchConfig { Action = list })]),
            OnNoMatch = new OnMatchConfig { Action = RoutingFixture.Answer("other", new RouteMatchConfig(PathMatchKind.Prefix, "/o")) },
        };
        var config = RoutingFixture.Table();
        var table = RouteTable.Compile(config with { VirtualHosts = [config.VirtualHosts[0] with { Matcher = matcher }] }, new RouteTableContext());

        table.Ask(RoutingFixture.Request("/b", headers: ("k", "list"))).Should().Be("b");
        table.Ask(RoutingFixture.Request("/bc", headers: ("k", "list"))).Should().Be("b*");
        table.Ask(RoutingFixture.Request("/o", headers: ("k", "list"))).Should().BeNull("the match has decided");
        table.Ask(RoutingFixture.Request("/o")).Should().Be("other");
        table.Ask(RoutingFixture.Request("/x")).Should().BeNull();
    }

    [Test]
    public void Matcher_BesideRoutesOrWithAnotherAction_IsRefused()
    {
        var config = RoutingFixture.Table(RoutingFixture.Answer("a", new RouteMatchConfig(PathMatchKind.Prefix, "/")));
        var matcher = new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = "text" } };
        var act = () => RouteTable.Compile(config with { VirtualHosts = [config.VirtualHosts[0] with { Matcher = matcher }] }, new RouteTableContext());

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.ToString()).Should().Equal(
            "virtual_hosts[0].matcher: goes with no routes beside it", "virtual_hosts[0].matcher.on_no_match.action: must be a route or a list of routes");
    }

    [Test]
    public void FilterData_OfTheRequest_IsAskedByRoutes()
    {
        var text = new StringMatcherConfig(StringMatchKind.Exact, "v");
        var match = new RouteMatchConfig(PathMatchKind.Prefix, "/");
        var table = RoutingFixture.Compile(
            RoutingFixture.Answer("metadata", match with { DynamicMetadata = [new MetadataMatcherConfig("ns", ["k"], new TextValueMatcherConfig(text))] }),
            RoutingFixture.Answer("state", match with { FilterState = [new FilterStateMatcherConfig("s") { Text = text }] }),
            RoutingFixture.Answer("rest", match));
        var info = new StreamInfo();

        Name(info).Should().Be("rest");
        info.FilterState["s"] = "v";
        Name(info).Should().Be("state");
        info.DynamicMetadata["ns"] = new Dictionary<string, object> { ["k"] = "v" };
        Name(info).Should().Be("metadata");

        string? Name(StreamInfo of) => table.Match(new RouteQuery { Headers = RoutingFixture.Request(), Info = of })?.Name;
    }

    [Test]
    public void Routes_SeveralMatch_TheFirstIsTaken()
    {
        var table = RoutingFixture.Compile(
            RoutingFixture.Answer("b", new RouteMatchConfig(PathMatchKind.Prefix, "/b")),
            RoutingFixture.Answer("any", new RouteMatchConfig(PathMatchKind.Prefix, "/")),
            RoutingFixture.Answer("late", new RouteMatchConfig(PathMatchKind.Exact, "/c")));

        table.Ask(RoutingFixture.Request("/bc")).Should().Be("b");
        table.Ask(RoutingFixture.Request("/c")).Should().Be("any");
    }

    [TestCase("?k=v", "k", "v", true)]
    [TestCase("?x=1&k=v&k=w", "k", "v", true)]
    [TestCase("?k=w&k=v", "k", "v", false, Description = "the first of a name counts")]
    [TestCase("?k=%76", "k", "v", false, Description = "values are compared as they stand")]
    [TestCase("?K=v", "k", "v", false)]
    [TestCase("?k", "k", "", true)]
    [TestCase("", "k", "", false)]
    public void Query_ParameterIsComparedRaw(string query, string name, string value, bool matches)
    {
        var match = new RouteMatchConfig(PathMatchKind.Prefix, "/")
        {
            QueryParameters = [new QueryParameterMatcherConfig(name) { Text = new StringMatcherConfig(StringMatchKind.Exact, value) }],
        };

        Matches(match, "/p" + query).Should().Be(matches);
    }

    [TestCase(0UL, true)]
    [TestCase(2499UL, true)]
    [TestCase(2500UL, false)]
    [TestCase(12499UL, true)]
    public void Fraction_TakesItsShareByTheRequestsChance(ulong chance, bool matches)
    {
        var table = RoutingFixture.Compile(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Prefix, "/") { RuntimeFraction = new FractionConfig(2500, 10_000) }));

        (table.Ask(RoutingFixture.Request(), chance) is not null).Should().Be(matches);
    }

    [TestCase("application/grpc", true)]
    [TestCase("application/grpc+proto", true)]
    [TestCase("application/grpc-web", false)]
    [TestCase("text/plain", false)]
    public void Grpc_IsToldByTheContentType(string type, bool matches)
    {
        var table = RoutingFixture.Compile(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Prefix, "/") { Grpc = true }));

        (table.Ask(RoutingFixture.Request(headers: ("content-type", type))) is not null).Should().Be(matches);
    }

    [Test]
    public void WeightedClusters_ShareTheRequestsByWeight()
    {
        var action = new ForwardActionConfig { WeightedClusters = [new WeightedClusterConfig("a", 1), new WeightedClusterConfig("none", 0), new WeightedClusterConfig("b", 3)] };
        var table = RoutingFixture.Compile(new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = action });

        var picked = Enumerable.Range(0, 8).Select(i => ((ForwardAction)table.Find(RoutingFixture.Request(), (ulong)i)!.Action).Cluster);

        picked.Should().Equal("a", "b", "b", "b", "a", "b", "b", "b");
    }

    [Test]
    public void WeightedClusters_FollowTheRuntime()
    {
        var runtime = new RuntimeSnapshot([]);
        var action = new ForwardActionConfig { WeightedClusters = [new WeightedClusterConfig("a", 1), new WeightedClusterConfig("b", 3)], WeightRuntimePrefix = "w" };
        var config = RoutingFixture.Table(new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = action });
        var table = RouteTable.Compile(config, new RouteTableContext { Runtime = runtime });
        Picks().Should().Equal("a", "b", "b", "b");

        runtime.Replace([new RuntimeValue("w.a", "2"), new RuntimeValue("w.b", "1")]);
        Picks().Should().Equal("a", "a", "b", "a");
        runtime.Replace([new RuntimeValue("w.a", "0"), new RuntimeValue("w.b", "0")]);
        Picks().Should().Equal(["a", "b", "b", "b"], "somebody has to answer");

        IEnumerable<string?> Picks() => Enumerable.Range(0, 4).Select(i => ((ForwardAction)table.Find(RoutingFixture.Request(), (ulong)i)!.Action).Cluster);
    }

    [Test]
    public void FilterConfig_IsTakenFromTheMostSpecificLevelThatHasIt()
    {
        PerFilterConfig Config(string filter, string value) => new(filter, value);
        var route = new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"),
            Action = new ForwardActionConfig { WeightedClusters = [new WeightedClusterConfig("a", 1) { PerFilter = [Config("one", "cluster")] }] },
            PerFilter = [Config("one", "route"), Config("two", "route"), new PerFilterConfig("four", null, Disabled: true), Config("absent", "x")],
        };
        var table = RoutingFixture.Table(route) with { PerFilter = [Config("two", "table"), Config("three", "table"), Config("four", "table")] };
        var context = new RouteTableContext { Filters = [.. ((string[])["one", "two", "three", "four", "five"]).Select(static name => new FilterConfig(name, "any"))] };

        var found = RouteTable.Compile(table, context).Find(RoutingFixture.Request())!;

        Enumerable.Range(0, 6).Select(found.FilterConfig).Should().Equal("cluster", "route", "table", "table", null, null);
        Enumerable.Range(0, 5).Select(found.IsFilterEnabled).Should().Equal(true, true, true, false, null);
    }

    [Test]
    public void Compile_ManyFaults_ListsAllWithTheirPlaces()
    {
        var table = RoutingFixture.Table(
            RoutingFixture.Answer("a", new RouteMatchConfig(PathMatchKind.Regex, "(")),
            RoutingFixture.Answer("b", new RouteMatchConfig(PathMatchKind.SeparatedPrefix, "/a/")),
            new RouteConfig { Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"), Action = new ForwardActionConfig { Cluster = "gone" } },
            new RouteConfig
            {
                Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"),
                Action = new RedirectActionConfig(),
                Edits = new HeaderEditsConfig { ResponseAdditions = [new HeaderAddition(":path", "%BOGUS%")] },
            });
        var compile = () => RouteTable.Compile(table with { ValidateClusters = true }, new RouteTableContext { ClusterExists = static _ => false });

        compile.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "virtual_hosts[0].routes[0].match.safe_regex",
            "virtual_hosts[0].routes[1].match.path_separated_prefix",
            "virtual_hosts[0].routes[2].route.cluster",
            "virtual_hosts[0].routes[3].response_headers_to_add[0].header.value",
            "virtual_hosts[0].routes[3].response_headers_to_add[0].header.key");
    }

    [Test]
    public void Match_SteadyState_AllocatesNothing()
    {
        var table = RoutingFixture.Compile(
            RoutingFixture.Answer("a", new RouteMatchConfig(PathMatchKind.Prefix, "/a")
            {
                Headers = [new HeaderMatcherConfig("x-a") { Text = new StringMatcherConfig(StringMatchKind.Contains, "V") { IgnoreCase = true } }],
            }),
            RoutingFixture.Answer("b", new RouteMatchConfig(PathMatchKind.Prefix, "/") { QueryParameters = [new QueryParameterMatcherConfig("k")] }));
        var request = RoutingFixture.Request("/b?x&k=1", headers: ("x-a", "nothing"));
        var query = new Proxy.Streams.StreamInfo();
        Look();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Look();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Look() => _ = table.Match(new RouteQuery { Headers = request, Info = query })!.Name;
    }

    [TestCase("/", "/", true)]
    [TestCase("/a/*", "/a/b?x", true)]
    [TestCase("/a/*", "/a/", false, Description = "a star is at least one character")]
    [TestCase("/a/*", "/a/b/c", false)]
    [TestCase("/a/**", "/a/", true)]
    [TestCase("/a/**", "/a/b/c", true)]
    [TestCase("/{x}/{y}.json", "/a/b.json", true)]
    [TestCase("/a.b", "/aXb", false, Description = "a dot is a dot")]
    [TestCase("/a_b", "/a_b", true)]
    [TestCase("/v1/{name=users/*}", "/v1/users/7", true)]
    [TestCase("/v1/{name=users/*}", "/v1/teams/7", false)]
    public void Template_FitsTheWholePath(string template, string asked, bool matches)
    {
        Matches(new RouteMatchConfig(PathMatchKind.Template, template), asked).Should().Be(matches);
    }

    [TestCase("")]
    [TestCase("a")]
    [TestCase("/a//b")]
    [TestCase("/{}")]
    [TestCase("/{a}{b}")]
    [TestCase("/{a}-{b}")]
    [TestCase("/{a}/{a}")]
    [TestCase("/**/*")]
    [TestCase("/{a=}")]
    [TestCase("/{a=b/}")]
    [TestCase("/{a=*.js}")]
    [TestCase("/{a.b}")]
    [TestCase("/a?b")]
    [TestCase("/{vvvvvvvvvvvvvvvvv}")]
    [TestCase("/{a}/{b}/{c}/{d}/{e}/{f}")]
    public void Template_Malformed_IsRefused(string template)
    {
        var compile = () => RoutingFixture.Compile(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Template, template)));
        compile.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle();
    }

    [TestCase("c=1", true)]
    [TestCase("d=2; c=1", true)]
    [TestCase(";;c=1;", true)]
    [TestCase("c=\"1\"", true, Description = "one pair of quotes is removed")]
    [TestCase("c=\"1", false)]
    [TestCase("c= 1", false)]
    [TestCase("c=2; c=1", false, Description = "the first of a name decides")]
    [TestCase("C=1", false)]
    [TestCase("cc=1", false)]
    [TestCase("c", false)]
    [TestCase("", false)]
    public void Cookie_IsComparedWithTheFirstOfItsName(string cookies, bool matches)
    {
        var text = new StringMatcherConfig(StringMatchKind.Exact, "1");
        var request = RoutingFixture.Request(headers: ("cookie", cookies));

        Ask(new CookieMatcherConfig("c", text)).Should().Be(matches);
        Ask(new CookieMatcherConfig("c", text) { Invert = true }).Should().Be(!matches);

        bool Ask(CookieMatcherConfig cookie) =>
            RoutingFixture.Compile(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Prefix) { Cookies = [cookie] })).Ask(request) is not null;
    }

    [Test]
    public void Cookie_InASecondHeader_IsFound()
    {
        var match = new RouteMatchConfig(PathMatchKind.Prefix) { Cookies = [new CookieMatcherConfig("c", new StringMatcherConfig(StringMatchKind.Exact, "1"))] };
        var request = RoutingFixture.Request(headers: [("cookie", "d=2"), ("cookie", "c=1")]);

        RoutingFixture.Compile(RoutingFixture.Answer("x", match)).Ask(request).Should().Be("x");
    }

    [TestCase(true, null, false)]
    [TestCase(null, true, false)]
    [TestCase(false, null, true)]
    [TestCase(false, false, true)]
    public void Certificate_PlainConnection_HasNone(bool? presented, bool? validated, bool matches)
    {
        Matches(new RouteMatchConfig(PathMatchKind.Prefix) { CertificatePresented = presented, CertificateValidated = validated }, "/").Should().Be(matches);
    }

    [TestCase(true, "/a;v=1?q", true)]
    [TestCase(false, "/a;v=1?q", false)]
    [TestCase(true, "/a;v=1/b", false)]
    public void PathParameters_Ignored_AreNoPartOfTheirSegment(bool ignore, string target, bool matches)
    {
        var config = RoutingFixture.Table(RoutingFixture.Answer("x", new RouteMatchConfig(PathMatchKind.Exact, "/a"))) with { IgnorePathParameters = ignore };
        var answer = RouteTable.Compile(config, new RouteTableContext()).Ask(RoutingFixture.Request(target));

        (answer is not null).Should().Be(matches);
    }

    private static bool Matches(RouteMatchConfig match, string path) => RoutingFixture.Compile(RoutingFixture.Answer("x", match)).Ask(RoutingFixture.Request(path)) is not null;
}
