using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;
using Proxy.Discovery.V3.Dump;
using FaultList = Proxy.Discovery.Bootstrap.Faults.FaultList;

namespace Proxy.Discovery.Tests.V3;

/// <summary>A message off the wire is the tree that its JSON form is.</summary>
public sealed class MessageNodeReaderTests
{
    private const string Cluster = "envoy.config.cluster.v3.Cluster";

    private const string Text =
        """
        name: app
        type: STRICT_DNS
        connect_timeout: 0.25s
        per_connection_buffer_limit_bytes: 4096
        lb_policy: 3
        wait_for_warm_on_init: false
        common_lb_config: {healthy_panic_threshold: {value: 12.5}, update_merge_window: 3s}
        circuit_breakers: {thresholds: [{priority: HIGH, max_requests: 7, retry_budget: {budget_percent: {value: 1e-7}}}, {}]}
        outlier_detection: {consecutive_5xx: 0}
        metadata: {filter_metadata: {a: {n: 1.5, s: text, l: [true, null, {}]}, b: {}}}
        load_assignment:
          cluster_name: app
          endpoints:
          - locality: {zone: "z\u00fc"}
            lb_endpoints:
            - {load_balancing_weight: 3, endpoint: {address: {socket_address: {address: h, port_value: 80}}}}
            - {endpoint: {address: {pipe: {path: /a}}}}
        health_checks: [{timeout: 1s, interval: 2s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {receive: [{binary: AAEC}]}}]
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {max_concurrent_streams: 5}}
        """;

    [Test]
    public void Read_EveryKindOfValue_IsTheTreeOfItsJson()
    {
        var wire = Encode(Text);

        var tree = Write(MessageNodeReader.Read(wire, ApiSchema.Message(Cluster)));

        tree.Should().Be(Write(ByJson(wire)));
        tree.Should().Contain("connect_timeout=0.250s").And.Contain("max_concurrent_streams=5").And.Contain("zone=z\u00fc");
    }

    [Test]
    public void Read_FieldsInAnotherOrderAndInPieces_AreTheSame()
    {
        var wire = Encode(Text);
        var inPieces = new Envoy.Config.Cluster.V3.Cluster { CommonLbConfig = new() { IgnoreNewHostsUntilFirstHc = true } }.ToByteArray();

        var tree = Write(MessageNodeReader.Read((byte[])[.. inPieces, .. wire.Span], ApiSchema.Message(Cluster)));

        tree.Should().Be(Write(ByJson((byte[])[.. inPieces, .. wire.Span]))).And.Contain("ignore_new_hosts_until_first_hc=true").And.Contain("update_merge_window=3s");
    }

    [Test]
    public void Read_NestsWithoutEnd_IsRefused()
    {
        var any = new Any { TypeUrl = "type.googleapis.com/google.protobuf.StringValue" };
        for (var i = 0; i < 200; i++)
        {
            any = Any.Pack(any);
        }

        var act = () => MessageNodeReader.Read(
            new Envoy.Config.Core.V3.TypedExtensionConfig { Name = "x", TypedConfig = any }.ToByteArray(), ApiSchema.Message("envoy.config.core.v3.TypedExtensionConfig"));

        act.Should().Throw<NodeSyntaxException>();
    }

    [Test]
    public void Read_EveryPrefixOfAMessage_IsReadOrRefused()
    {
        var wire = Encode(Text);
        for (var length = 0; length < wire.Length; length++)
        {
            try
            {
                MessageNodeReader.Read(wire[..length], ApiSchema.Message(Cluster)).Kind.Should().Be(NodeKind.Map);
            }
            catch (InvalidDataException)
            {
                // no message: said so
            }
        }
    }

    private static ReadOnlyMemory<byte> Encode(string yaml)
    {
        var faults = new FaultList();
        var wire = MessageEncoder.Encode(YamlNodeReader.Read("", yaml, faults), ApiSchema.Message(Cluster), new EncodeOptions { AllowUnsupported = true }, faults);
        return wire.ToArray();
    }

    private static ConfigNode ByJson(ReadOnlyMemory<byte> wire)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            new MessageJsonWriter(json, redacts: false).WriteMessage(wire, ApiSchema.Message(Cluster));
        }

        return JsonNodeReader.Read("", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // Sorted by name: trees differ in the order of fields only.
    private static string Write(ConfigNode node) => node.Kind switch
    {
        NodeKind.Map => $"{{{string.Join(' ', node.Entries.Select(entry => $"{entry.Name}={Write(entry.Value)}").Order(StringComparer.Ordinal))}}}",
        NodeKind.List => $"[{string.Join(' ', node.Items.Select(item => Write(item)))}]",
        NodeKind.Null => "null",
        _ => node.Text,
    };
}
