using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Filters.Http.MatchDelegate;
using Proxy.Filters.Tests.HttpConnectionManager;
using Proxy.Filters.Tests.Router;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Streams;

namespace Proxy.Filters.Tests.MatchDelegate;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MatchDelegateFilterTests : RouterFixture
{
    private static readonly FilterConfig Denying = new("deny", new FaultConfig { Abort = new FaultAbortConfig(418, new FractionConfig(100)) });

    [TestCase("", "418")]
    [TestCase("skip: yes\r\n", "503")]
    [TestCase("skip: no\r\n", "418")]
    public void Request_TheMatcherSaysSkip_PassesTheFilter(string header, string status)
    {
        Start(Table(To("empty")), null, static config => config with { Filters = [new FilterConfig("d", new MatchDelegateConfig(Denying, SkipOn("skip", "yes"))), .. config.Filters] });

        Ask("/", header).Should().Be(status);
    }

    [Test]
    public void Request_NoMatcher_MeetsTheFilter()
    {
        Start(Table(To("empty")), null, static config => config with { Filters = [new FilterConfig("d", new MatchDelegateConfig(Denying, null)), .. config.Filters] });

        Ask("/").Should().Be("418");
    }

    [Test]
    public void Route_BringsAnotherMatcher()
    {
        var other = To("empty", "/other") with { PerFilter = [new PerFilterConfig("d", new MatchDelegateRouteConfig(SkipOn("other", "yes")))] };
        var none = To("empty", "/none") with { PerFilter = [new PerFilterConfig("d", new MatchDelegateRouteConfig(null))] };
        Start(Table(other, none), null, static config => config with { Filters = [new FilterConfig("d", new MatchDelegateConfig(Denying, SkipOn("skip", "yes"))), .. config.Filters] });

        Ask("/other", "other: yes\r\n").Should().Be("503");
        Ask("/other", "skip: yes\r\n").Should().Be("418");
        Ask("/none", "skip: yes\r\n").Should().Be("418");
    }

    [Test]
    public void Prepare_WhatCannotBe_IsRefused()
    {
        Start(To("app"));
        var factory = new MatchDelegateFactory();
        var act = () => factory.Prepare(
            new MatchDelegateConfig(new FilterConfig("r", new RouterConfig()), new MatcherConfig { OnNoMatch = new OnMatchConfig { Action = "text" } }), Lent());

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal("extension_config", "xds_matcher.on_no_match.action");
        FluentActions.Invoking(() => factory.PrepareRouteConfig(new FaultConfig(), Lent())).Should().Throw<ConfigException>();
    }

    [TestCase(MatchInputKind.TransportProtocol)]
    [TestCase(MatchInputKind.ApplicationProtocol)]
    public void Prepare_InputOfFilterChains_IsRefused(MatchInputKind kind)
    {
        Start(To("app"));
        var table = new ExactTableConfig(new MatchInputConfig(kind), [KeyValuePair.Create("tls", new OnMatchConfig { Action = new SkipFilterConfig() })]);
        var act = () => new MatchDelegateFactory().Prepare(new MatchDelegateConfig(Denying, new MatcherConfig { Table = table }), Lent());

        act.Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.ToString().Should().EndWith("cannot be looked at here");
    }

    private static MatcherConfig SkipOn(string header, string value) => new()
    {
        Table = new ExactTableConfig(
            new MatchInputConfig(MatchInputKind.RequestHeader, header), [KeyValuePair.Create(value, new OnMatchConfig { Action = new SkipFilterConfig() })]),
    };

    private string Ask(string path, string more = "") => Answer(Client().Send(Get(path, more))).Head["HTTP/1.1 ".Length..][..3];
}

/// <summary>Matchers that look at what comes late.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LateMatchDelegateFilterTests : ManagerFixture
{
    private readonly List<string> _seen = [];

    [TestCase("200", "request,response,data,complete")]
    [TestCase("404", "request,complete")]
    public void Response_TheMatcherSaysSkip_PassesTheFilterFromThereOn(string passOn, string seen)
    {
        var faults = new FaultList();
        var config = new MatcherConfig
        {
            Table = new ExactTableConfig(
                new MatchInputConfig(MatchInputKind.ResponseStatus), [KeyValuePair.Create(passOn == "200" ? "404" : "200", new OnMatchConfig { Action = new SkipFilterConfig() })]),
        };
        var matcher = new MatcherCompiler<SkipFilterConfig>(MatchInputs.OfStreams, static (action, _) => (SkipFilterConfig)action, faults).Compile(config, "m");
        Listen(Config(), () => new MatchDelegateFilter(new Recording(_seen), matcher), () => new ReplyFilter());

        Response(Connect().Send(Get())).Body.Should().Be("ok");

        _seen.Should().Equal(seen.Split(','));
    }

    private sealed class Recording(List<string> seen) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream) => Note("request", HeadersStatus.Continue);

        public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream) => Note("response", HeadersStatus.Continue);

        public override DataStatus OnResponseData(ref BodyChunk chunk) => Note("data", DataStatus.Continue);

        public override void OnStreamComplete() => seen.Add("complete");

        private T Note<T>(string what, T status)
        {
            seen.Add(what);
            return status;
        }
    }
}
