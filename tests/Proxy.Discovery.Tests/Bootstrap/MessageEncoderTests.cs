using Envoy.Config.Core.V3;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class MessageEncoderTests
{
    private const string Hcm = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    [Test]
    public void Encode_UnknownField_IsNamedWithItsPlaceAndAGuess() =>
        Reading.Yaml("static_resources:\n  clusters:\n  - name: u\n    conect_timeout: 1s\n").Lines.Should().Equal(
            "envoy.yaml:4:5 static_resources.clusters[0].conect_timeout: unknown field (did you mean connect_timeout?)");

    [Test]
    public void Encode_UnknownFieldWhenAllowed_IsAWarning()
    {
        var faults = Reading.Yaml("no_such: 1", options: new EncodeOptions { AllowUnknownFields = true }).Faults;
        faults.Should().ContainSingle().Which.Severity.Should().Be(FaultSeverity.Warning);
    }

    [Test]
    public void Encode_UnknownEnumName_IsNamedWithAGuess() =>
        Reading.Yaml("name: u\nlb_policy: RUOND_ROBIN\n", "envoy.config.cluster.v3.Cluster").Lines.Should().Equal(
            "envoy.yaml:2:12 lb_policy: unknown value \"RUOND_ROBIN\" (did you mean ROUND_ROBIN?)");

    [Test]
    public void Encode_TwoFieldsOfAOneof_IsRefusedAtTheSecond() =>
        Reading.Yaml("prefix: /\npath: /a\n", "envoy.config.route.v3.RouteMatch").Lines.Should().Equal(
            "envoy.yaml:2:7 path: only one of prefix and path may be set");

    [Test]
    public void Encode_NoFieldOfARequiredOneof_IsRefused() =>
        Reading.Yaml("{}", "envoy.config.core.v3.Address").Lines.Should().Equal(
            "envoy.yaml:1:1: one of socket_address, pipe, envoy_internal_address must be set");

    [Test]
    public void Encode_FaultsInAnExtension_HaveTheFullPath() =>
        Reading.Yaml(
            $$$"""
            static_resources:
              listeners:
              - name: l
                address: {socket_address: {address: 127.0.0.1, port_value: 1}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": {{{Hcm}}}
                      route_config: {}
            """).Lines.Should().Equal(
            "envoy.yaml:9:11 static_resources.listeners[0].filter_chains[0].filters[0].typed_config.stat_prefix: required (a string that is not empty)");

    [TestCase("\"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Ruoter", "unknown extension envoy.extensions.filters.http.router.v3.Ruoter (did you mean envoy.extensions.filters.http.router.v3.Router?)")]
    [TestCase("\"@type\": envoy.extensions.filters.http.router.v3.Router", "\"envoy.extensions.filters.http.router.v3.Router\" is no type URL (type.googleapis.com/ and the full name of a message)")]
    [TestCase("\"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo", "envoy.extensions.filters.network.echo.v3.Echo cannot be used here (wanted: envoy.filters.http)")]
    [TestCase("dynamic_stats: true", "required (type.googleapis.com/ and the full name of a message)")]
    public void Encode_BadAny_IsRefused(string any, string message) =>
        Reading.Yaml($"name: r\ntyped_config:\n  {any}\n", "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter")
            .Faults.Should().ContainSingle().Which.ToString().Should().EndWith($" typed_config.@type: {message}");

    [Test]
    public void Encode_ExtensionOfEnvoyThatWeLack_IsNamed()
    {
        const string text = "name: r\ntyped_config:\n  \"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua\n";
        var fault = Reading.Yaml(text, "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter").Faults.Should().ContainSingle().Which;
        fault.ToString().Should().Be("envoy.yaml:3:12 typed_config: extension envoy.extensions.filters.http.lua.v3.Lua is not supported yet");
    }

    [Test]
    public void Encode_StructsAndWellKnownTypesInAny_AreKept()
    {
        const string text = """
            {filter_metadata: {a: {n: 1.5, s: 'x', b: true, z: null, l: [1, {m: 2}]}},
             typed_filter_metadata: {t: {'@type': 'x/google.protobuf.Duration', value: '1.5s'}}}
            """;
        var metadata = Reading.Json(text, "envoy.config.core.v3.Metadata").As(Metadata.Parser);
        metadata.FilterMetadata["a"].ToString().Should().Be("""{ "n": 1.5, "s": "x", "b": true, "z": null, "l": [ 1, { "m": 2 } ] }""");
        Google.Protobuf.WellKnownTypes.Duration.Parser.ParseFrom(metadata.TypedFilterMetadata["t"].Value).ToTimeSpan()
            .Should().Be(TimeSpan.FromSeconds(1.5));
    }

    [Test]
    public void Encode_SettingWithoutEffect_IsRefusedOnceAndNotInside()
    {
        var options = new EncodeOptions { Support = new Only("name", "clusters", "static_resources") };
        const string text = "static_resources:\n  clusters:\n  - name: u\n    respect_dns_ttl: false\n    circuit_breakers:\n      thresholds:\n      - max_requests: 1\n";
        Reading.Yaml(text, options: options).Lines.Should().Equal(
            "envoy.yaml:6:7 static_resources.clusters[0].circuit_breakers: not supported yet");
    }

    [Test]
    public void Encode_SettingWithoutEffectWhenAllowed_IsAWarning()
    {
        var options = new EncodeOptions { Support = new Only("name"), AllowUnsupported = true };
        var reading = Reading.Yaml("name: u\nrespect_dns_ttl: true\n", "envoy.config.cluster.v3.Cluster", options);
        reading.Lines.Should().Equal("envoy.yaml:2:18 respect_dns_ttl: warning: not supported yet");
    }

    [Test]
    public void Encode_AliasThatContainsItself_IsASyntaxFault() =>
        FluentActions.Invoking(() => Reading.Yaml("static_resources: &a\n  static_resources: *a\n").Lines.ToList()).Should().NotThrow();

    [Test]
    public void Encode_WholeFileOfAnotherShape_IsRefused() =>
        Reading.Yaml("- a\n").Lines.Should().Equal("envoy.yaml:1:1: must be a map of settings, not a list");

    [Test]
    public void Json_Faults_AreMachineReadable()
    {
        var json = FaultWriter.ToJson(Reading.Yaml("nod: {}").Faults);
        using var parsed = System.Text.Json.JsonDocument.Parse(json);
        var fault = parsed.RootElement[0];
        fault.GetProperty("line").GetInt32().Should().Be(1);
        fault.GetProperty("path").GetString().Should().Be("nod");
        fault.GetProperty("rule").GetString().Should().Be("unknown_field");
        fault.GetProperty("hint").GetString().Should().Be("did you mean node?");
    }

    private sealed class Only(params string[] names) : ISupport
    {
        public string? Refusal(MessageType message, FieldType field, ConfigNode value) =>
            names.Contains(field.Name) ? null : "not supported yet";
    }
}
