using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing.Specifiers;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Tests.Router;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClusterSpecifierTests : RouterFixture
{
    [Test]
    public void Matcher_Decides_NamesTheCluster()
    {
        Start(To("", "/", static action => action with { Cluster = null, ClusterSpecifier = ByHeader }));
        Client().Send(Get("/", "x-to: one\r\n"));
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().Contain("x-to: one");
    }

    [TestCase("")]
    [TestCase("x-to: none\r\n")]
    [TestCase("x-to: missing\r\n")]
    public void Matcher_LeadsToNoCluster_IsNotFound(string header)
    {
        Start(To("", "/", static action => action with { Cluster = null, ClusterSpecifier = ByHeader, ClusterNotFoundStatus = 404 }));
        var client = Client().Send(Get("/", header));

        Answer(client).Head.Should().StartWith("HTTP/1.1 404 ");
        Log.Should().Equal("404 NC cluster_not_found");
    }

    [Test]
    public void Own_Specifier_IsAskedForEachRequest()
    {
        Specifiers = [new SuffixFactory()];
        Start(To("", "/", static action => action with { Cluster = null, ClusterSpecifier = new SuffixConfig("pp") }));
        Client().Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        Upstream.Accept().ReadUntil("\r\n\r\n").Should().StartWith("GET / ");

        Answer(Client().Send("GET / HTTP/1.1\r\nhost: b\r\n\r\n")).Head.Should().StartWith("HTTP/1.1 503 ");
    }

    [Test]
    public void Config_NobodyKnowsTheSpecifier_IsRefused()
    {
        FluentActions.Invoking(() => Start(To("", "/", static action => action with { Cluster = null, ClusterSpecifier = new SuffixConfig("") })))
            .Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle()
            .Which.Should().Be(new ConfigFault("route_config.virtual_hosts[0].routes[0].route.cluster_specifier_plugin", "no cluster specifier is registered for SuffixConfig"));
    }

    [Test]
    public void Config_ClusterBesideASpecifier_IsRefused()
    {
        FluentActions.Invoking(() => Start(To("app", "/", static action => action with { ClusterSpecifier = ByHeader }))).Should().Throw<ConfigException>().WithMessage("*takes neither cluster nor*");
    }

    private static MatcherClusterSpecifierConfig ByHeader { get; } = new(new MatcherConfig
    {
        Table = new ExactTableConfig(new MatchInputConfig(MatchInputKind.RequestHeader) { Name = "x-to" },
        [
            KeyValuePair.Create("one", new OnMatchConfig { Action = new ClusterChoiceConfig("app") }),
            KeyValuePair.Create("missing", new OnMatchConfig { Action = new ClusterChoiceConfig("nowhere") }),
        ]),
    });

    private sealed record SuffixConfig(string Suffix);

    private sealed class SuffixFactory : IClusterSpecifierFactory
    {
        public Type ConfigType => typeof(SuffixConfig);

        public ClusterSpecifier Create(object config, FilterFactoryContext context) => new Suffix("a" + ((SuffixConfig)config).Suffix);
    }

    private sealed class Suffix(string name) : ClusterSpecifier
    {
        public override string? Pick(HeaderMap request, StreamInfo info, Worker worker) => request.Get(KnownHeader.Authority) is [(byte)'a'] ? name : null;
    }
}
