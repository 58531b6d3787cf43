using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Testing;

namespace Proxy.Core.Tests.Clusters;

/// <summary>Hosts of one cluster that are spoken to in different ways; the PROXY header is what can be seen of it.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TransportMatchTests : ClusterFixture
{
    private const string Header = "PROXY TCP4 ";

    private static readonly UpstreamTransportConfig WithHeader = new() { ProxyProtocol = new UpstreamProxyProtocolConfig(1) };

    [TestCase("""{"mode":"header"}""", null, true)]
    [TestCase("""{"mode":"header","more":1}""", null, true)]
    [TestCase("""{"mode":"plain"}""", null, false)]
    [TestCase("""{"mode":true}""", null, false)]
    [TestCase("{}", null, false)]
    [TestCase(null, null, false)]
    [TestCase(null, """{"mode":"header"}""", true)]
    [TestCase("""{"mode":"plain"}""", """{"mode":"header"}""", true)] // the place is asked when the host's own fits nothing
    public void Host_ByItsMetadata_GetsItsTransport(string? host, string? place, bool header)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(host, place) with { TransportMatches = [new TransportMatchConfig("h", """{"mode":"header"}""", WithHeader)] });

        Send();
        var text = upstream.Accept().Text;

        text.StartsWith(Header, StringComparison.Ordinal).Should().Be(header);
        Matched("h").Should().Be(header ? 1 : 0);
    }

    [Test]
    public void Matches_FirstThatFits_Wins()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config("""{"a":"1","b":"1"}""", null) with
        {
            Transport = WithHeader,
            TransportMatches =
            [
                new TransportMatchConfig("no", """{"a":"1","c":"1"}""", WithHeader),
                new TransportMatchConfig("first", """{"b":"1"}""", UpstreamTransportConfig.Plain),
                new TransportMatchConfig("second", """{"a":"1"}""", WithHeader),
            ],
        });

        Send();

        upstream.Accept().Text.Should().NotStartWith(Header);
        (Matched("no"), Matched("first"), Matched("second")).Should().Be((0, 1, 0));
    }

    [Test]
    public void Match_WithoutLabels_MeansEveryHost()
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(null, null) with { TransportMatches = [new TransportMatchConfig("all", "{}", WithHeader)] });

        Send();

        upstream.Accept().Text.Should().StartWith(Header);
    }

    [TestCase("", false)]
    [TestCase("""{"mode":"header"}""", true)]
    public void HealthChecks_ByTheirOwnLabels_GetTheirTransport(string labels, bool header)
    {
        var upstream = TestUpstream.Listen(Runtime, A);
        Add(Config(null, null) with
        {
            TransportMatches = [new TransportMatchConfig("h", """{"mode":"header"}""", WithHeader)],
            HealthCheck = new HealthCheckConfig(new HttpHealthProbeConfig("/hc"))
            {
                Timeout = TimeSpan.FromSeconds(1),
                Interval = TimeSpan.FromSeconds(1),
                HealthyThreshold = 1,
                UnhealthyThreshold = 1,
                TransportLabels = labels,
            },
        });
        Runtime.RunUntilIdle();

        upstream.Accept().ReadUntil("\r\n").StartsWith(Header, StringComparison.Ordinal).Should().Be(header);
    }

    [Test]
    public void Rules_OfMatches_AreTold()
    {
        var config = Config(null, null) with { TransportMatches = [new TransportMatchConfig("", "no", new UpstreamTransportConfig { ProxyProtocol = new UpstreamProxyProtocolConfig(3) })] };

        FluentActions.Invoking(() => Add(config)).Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path)
            .Should().BeEquivalentTo("transport_socket_matches[0].name", "transport_socket_matches[0].match", "transport_socket_matches[0].transport_socket.config.version");
    }

    private static ClusterConfig Config(string? host, string? place)
    {
        var endpoint = Endpoint(A) with { Metadata = Labels(host) };
        return Config() with { Endpoints = [new LocalityEndpointsConfig { Metadata = Labels(place), Endpoints = [endpoint] }] };
    }

    private static ConfigList<KeyValuePair<string, string>> Labels(string? json) => json is null ? [] : [KeyValuePair.Create("envoy.transport_socket_match", json)];

    private long Matched(string name) =>
        new StatsReader(Stats).Read(known => known == $"cluster.c.transport_socket_match.{name}.total_match_count").Counters.Sum(static counter => counter.Value);
}
