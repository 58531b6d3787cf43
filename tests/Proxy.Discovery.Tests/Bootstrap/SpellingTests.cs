using Envoy.Config.Cluster.V3;

namespace Proxy.Discovery.Tests.Bootstrap;

/// <summary>Which spellings of one value are taken; recorded from Envoy 1.40.</summary>
internal sealed class SpellingTests
{
    private const string ClusterName = "envoy.config.cluster.v3.Cluster";

    [TestCase("5")]
    [TestCase("\"5\"")]
    [TestCase("5.0")]
    [TestCase("\"5.0\"")]
    [TestCase("50e-1")]
    [TestCase("\"0x5\"")]
    [TestCase("\"+5\"")]
    [TestCase("\"05\"")]
    [TestCase("{\"value\":5}")]
    public void Json_WholeNumber_IsTaken(string text) =>
        JsonField("per_connection_buffer_limit_bytes", text).PerConnectionBufferLimitBytes.Should().Be(5);

    [TestCase("5.5")]
    [TestCase("-5")]
    [TestCase("+5")]
    [TestCase("05")]
    [TestCase("0x5")]
    [TestCase("5e-1")]
    [TestCase("\" 5\"")]
    [TestCase("\"5 \"")]
    [TestCase("\"\"")]
    [TestCase("\"1_000\"")]
    [TestCase("true")]
    [TestCase("[5]")]
    [TestCase("4294967296")]
    [TestCase("1e400")]
    [TestCase("NaN")]
    public void Json_NoWholeNumber_IsRefused(string text) => JsonFaults("per_connection_buffer_limit_bytes", text).Should().ContainSingle();

    [TestCase("RANDOM", 3)]
    [TestCase("random", 3)]
    [TestCase("Ring_Hash", 2)]
    public void Json_EnumName_IsTakenInAnyCase(string text, int number) =>
        JsonField("lb_policy", $"\"{text}\"").LbPolicy.Should().Be((Cluster.Types.LbPolicy)number);

    [TestCase("3")]
    [TestCase("3.0")]
    [TestCase("\"3\"")]
    public void Json_EnumNumber_IsTaken(string text) => JsonField("lb_policy", text).LbPolicy.Should().Be(Cluster.Types.LbPolicy.Random);

    [TestCase("\"RANDOM \"")]
    [TestCase("\"3.0\"")]
    [TestCase("\"NO\"")]
    [TestCase("[]")]
    public void Json_NoEnumValue_IsRefused(string text) => JsonFaults("lb_policy", text).Should().ContainSingle();

    [TestCase("1s", 1, 0)]
    [TestCase("0.25s", 0, 250_000_000)]
    [TestCase("0.000000001s", 0, 1)]
    public void Json_Duration_IsTaken(string text, long seconds, int nanos)
    {
        var timeout = JsonField("connect_timeout", $"\"{text}\"").ConnectTimeout;
        (timeout.Seconds, timeout.Nanos).Should().Be((seconds, nanos));
    }

    [Test]
    public void Json_DurationAsMessage_IsTaken() =>
        JsonField("connect_timeout", "{\"seconds\":1,\"nanos\":5}").ConnectTimeout.Nanos.Should().Be(5);

    [TestCase("\"1.0000000000s\"")]
    [TestCase("\"1\"")]
    [TestCase("\"1m\"")]
    [TestCase("\"1 s\"")]
    [TestCase("\"1.s\"")]
    [TestCase("\".5s\"")]
    [TestCase("\"-1s\"")]
    [TestCase("\"315576000001s\"")]
    [TestCase("1")]
    [TestCase("[]")]
    public void Json_NoDuration_IsRefused(string text) => JsonFaults("connect_timeout", text).Should().ContainSingle();

    [TestCase("true")]
    [TestCase("\"true\"")]
    [TestCase("\"TRUE\"")]
    [TestCase("\"yes\"")]
    [TestCase("\"1\"")]
    public void Json_Bool_IsTaken(string text) => JsonField("respect_dns_ttl", text).RespectDnsTtl.Should().BeTrue();

    [TestCase("1")]
    [TestCase("\"\"")]
    [TestCase("{\"value\":true}")]
    public void Json_NoBool_IsRefused(string text) => JsonFaults("respect_dns_ttl", text).Should().ContainSingle();

    [TestCase("yes", true)]
    [TestCase("On", true)]
    [TestCase("y", true)]
    [TestCase("off", false)]
    [TestCase("!!bool \"true\"", true)]
    public void Yaml_WordsForBool_AreTaken(string text, bool value) => YamlField("respect_dns_ttl", text).RespectDnsTtl.Should().Be(value);

    [TestCase("0x10", 16u)]
    [TestCase("010", 8u)]
    [TestCase("5.0", 5u)]
    [TestCase("1e3", 1000u)]
    [TestCase("'5'", 5u)]
    [TestCase("!!int \"5\"", 5u)]
    public void Yaml_WholeNumber_IsTaken(string text, uint value) =>
        YamlField("per_connection_buffer_limit_bytes", text).PerConnectionBufferLimitBytes.Should().Be(value);

    [TestCase("5")]
    [TestCase("yes")]
    [TestCase("0x10")]
    [TestCase("!!str 5")]
    public void Yaml_UnquotedScalarForString_IsRefused(string text)
    {
        var faults = Reading.Yaml($"name: u\nalt_stat_name: {text}", ClusterName).Faults;
        faults.Should().ContainSingle().Which.Hint.Should().Be("put it in quotes");
    }

    [TestCase("5.5")]
    [TestCase("1e3")]
    [TestCase("1:30")]
    [TestCase("1_000")]
    [TestCase("9007199254740993")]
    [TestCase("2026-01-01")]
    public void Yaml_NumberLikeTextForString_IsTakenAsWritten(string text) => YamlField("alt_stat_name", text).AltStatName.Should().Be(text);

    [TestCase("~")]
    [TestCase("")]
    [TestCase("null")]
    public void Yaml_Null_LeavesUnset(string text) => YamlField("connect_timeout", text).ConnectTimeout.Should().BeNull();

    [TestCase("\"aGk\"", "hi")]
    [TestCase("\"aGk=\"", "hi")]
    [TestCase("\"-_-_\"", "\u00fb\u00ff\u00bf")]
    public void Json_Base64_IsTakenInBothAlphabets(string text, string bytes)
    {
        var source = Reading.Json($"{{\"inline_bytes\":{text}}}", "envoy.config.core.v3.DataSource").As(Envoy.Config.Core.V3.DataSource.Parser);
        source.InlineBytes.ToByteArray().Should().Equal(System.Text.Encoding.Latin1.GetBytes(bytes));
    }

    [TestCase("\"aG k=\"")]
    [TestCase("\"aGk==\"")]
    [TestCase("[1]")]
    public void Json_NoBase64_IsRefused(string text) =>
        Reading.Json($"{{\"inline_bytes\":{text}}}", "envoy.config.core.v3.DataSource").Faults.Should().ContainSingle();

    [Test]
    public void Names_InLowerCamelCase_AreTaken()
    {
        var cluster = Reading.Json("{name: 'u', lbPolicy: 'RANDOM', connect_timeout: '1s',}", ClusterName).As(Cluster.Parser);
        cluster.LbPolicy.Should().Be(Cluster.Types.LbPolicy.Random);
    }

    [Test]
    public void Json_LoneValueForList_IsAListOfOne()
    {
        var cluster = Reading.Json("{name:'u',circuit_breakers:{thresholds:{max_requests:1}}}", ClusterName).As(Cluster.Parser);
        cluster.CircuitBreakers.Thresholds.Should().ContainSingle().Which.MaxRequests.Should().Be(1);
    }

    [Test]
    public void Json_MessageGivenTwice_IsMerged()
    {
        var message = Reading.Json("{static_resources:{clusters:[{name:'u'}]},staticResources:{clusters:[{name:'v'}]}}")
            .As(Envoy.Config.Bootstrap.V3.Bootstrap.Parser);
        message.StaticResources.Clusters.Select(c => c.Name).Should().Equal("u", "v");
    }

    private static Cluster JsonField(string field, string text) =>
        Reading.Json($"{{\"name\":\"u\",\"{field}\":{text}}}", ClusterName).As(Cluster.Parser);

    private static IReadOnlyList<Proxy.Discovery.Bootstrap.Faults.SourceFault> JsonFaults(string field, string text) =>
        Reading.Json($"{{\"name\":\"u\",\"{field}\":{text}}}", ClusterName).Faults;

    private static Cluster YamlField(string field, string text) => Reading.Yaml($"name: u\n{field}: {text}", ClusterName).As(Cluster.Parser);
}
