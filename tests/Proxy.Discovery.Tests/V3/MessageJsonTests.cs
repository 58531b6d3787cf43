using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Tests.Bootstrap;
using Proxy.Discovery.V3.Dump;
using Proxy.Hosting;

namespace Proxy.Discovery.Tests.V3;

internal sealed class MessageJsonTests
{
    [Test]
    public void ToJson_ComparedWithProtobufsOwnWriter_IsTheSame()
    {
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Bootstrap", "Golden");
        var message = Reading.Of("good.yaml", File.ReadAllBytes(Path.Combine(folder, "good.yaml"))).As(Envoy.Config.Bootstrap.V3.Bootstrap.Parser);
        Same(message, "envoy.config.bootstrap.v3.Bootstrap");
    }

    [Test]
    public void ToJson_ValuesOfEveryKind_AreTheSame()
    {
        var metadata = new Envoy.Config.Core.V3.Metadata
        {
            FilterMetadata = { ["a"] = JsonParser.Default.Parse<Struct>("""{"n":-1.5,"s":"x","b":true,"z":null,"l":[1,{"m":[]}],"o":{}}""") },
            TypedFilterMetadata =
            {
                ["d"] = Any.Pack(Duration.FromTimeSpan(TimeSpan.FromMilliseconds(-1500))),
                ["t"] = Any.Pack(new Timestamp { Seconds = 1_700_000_000, Nanos = 1000 }),
                ["w"] = Any.Pack(new UInt64Value { Value = ulong.MaxValue }),
                ["f"] = Any.Pack(new DoubleValue { Value = double.NaN }),
                ["y"] = Any.Pack(new BytesValue { Value = ByteString.CopyFromUtf8("hi") }),
                ["l"] = Any.Pack(new Envoy.Config.Core.V3.SocketAddress { Protocol = Envoy.Config.Core.V3.SocketAddress.Types.Protocol.Udp, PortValue = 0 }),
            },
        };
        Same(metadata, "envoy.config.core.v3.Metadata");
    }

    [Test]
    public void ToJson_PackedNumbersAndUnknownEnum_AreTheSame()
    {
        var match = new Envoy.Config.Listener.V3.FilterChainMatch { SourcePorts = { 1, 70000 }, SourceType = (Envoy.Config.Listener.V3.FilterChainMatch.Types.ConnectionSourceType)9 };
        Same(match, "envoy.config.listener.v3.FilterChainMatch");
    }

    [Test]
    public void ToJson_Secret_IsBlankedOut()
    {
        var certificate = new Envoy.Extensions.TransportSockets.Tls.V3.TlsSessionTicketKeys { Keys = { new Envoy.Config.Core.V3.DataSource { InlineString = "secret" } } };
        var tls = new Envoy.Extensions.TransportSockets.Tls.V3.TlsCertificate { Password = new Envoy.Config.Core.V3.DataSource { InlineString = "secret" } };
        (Text(certificate, "envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys")
            + Text(tls, "envoy.extensions.transport_sockets.tls.v3.TlsCertificate")).Should().NotContain("secret").And.Contain("[redacted]");
    }

    [Test]
    public void BootstrapDump_HasTheSectionsOfTheAdminInterface()
    {
        var result = Loading.Load(Loading.ManagerText("route_config: {name: r}"));
        var source = new BootstrapDump(result.Message!, DateTimeOffset.UnixEpoch);
        JsonNode.Parse(source.Dump(null, includeEndpoints: true).Span)!["configs"]!.AsArray().Select(c => ((string)c!["@type"]!).Split('.')[^1]).Should().Equal(
            "BootstrapConfigDump", "ClustersConfigDump", "ListenersConfigDump", "ScopedRoutesConfigDump", "RoutesConfigDump", "SecretsConfigDump");
        var dump = JsonNode.Parse(source.Dump(null, includeEndpoints: false).Span)!["configs"]!.AsArray();
        ((string?)dump[1]!["static_clusters"]![0]!["cluster"]!["name"]).Should().Be("u");
        ((string?)dump[2]!["static_listeners"]![0]!["listener"]!["filter_chains"]![0]!["filters"]![0]!["typed_config"]!["stat_prefix"]).Should().Be("s");
        ((string?)dump[4]!["static_route_configs"]![0]!["route_config"]!["name"]).Should().Be("r");
        ((string?)dump[0]!["last_updated"]).Should().Be("1970-01-01T00:00:00Z");
    }

    [TestCase("envoy.admin.v3.ClustersConfigDump", "dynamic_active_clusters", "envoy.admin.v3.ClustersConfigDump.DynamicCluster", true)]
    [TestCase("envoy.admin.v3.EcdsConfigDump", "ecds_filters", "envoy.admin.v3.EcdsConfigDump.EcdsFilterConfig", true)]
    [TestCase("envoy.admin.v3.EndpointsConfigDump", "dynamic_endpoint_configs", "envoy.admin.v3.EndpointsConfigDump.DynamicEndpointConfig", true)]
    [TestCase("envoy.admin.v3.BootstrapConfigDump", "bootstrap", "envoy.config.bootstrap.v3.Bootstrap", false)]
    [TestCase("envoy.admin.v3.ClustersConfigDump.StaticCluster", "cluster", "google.protobuf.Any", false)]
    [TestCase("envoy.config.cluster.v3.Cluster", "name", "", false)]
    [TestCase("envoy.config.cluster.v3.Cluster", "typed_extension_protocol_options", "google.protobuf.Any", true)]
    public void BootstrapDump_KnowsTheFieldsOfItsMessages(string message, string name, string type, bool isRepeated)
    {
        BootstrapDump.Field(message, name).Should().Be(new ConfigDumpField(type, isRepeated));
        BootstrapDump.Field(message, name + "_more").Should().BeNull();
    }

    // Nothing on the wire or in logs tells of a table's metadata: this is where an operator sees it.
    [Test]
    public void BootstrapDump_RouteTableWithMetadata_ShowsIt()
    {
        var result = Loading.Load(Loading.ManagerText("route_config: {name: r, metadata: {filter_metadata: {ns: {k: [v, 1]}}}}"));

        var dump = JsonNode.Parse(new BootstrapDump(result.Message!, DateTimeOffset.UnixEpoch).Dump(null, includeEndpoints: false).Span)!["configs"]!.AsArray();

        dump[4]!["static_route_configs"]![0]!["route_config"]!["metadata"]!.ToJsonString().Should().Be("""{"filter_metadata":{"ns":{"k":["v",1]}}}""");
    }

    private static string Text(IMessage message, string type) => System.Text.Encoding.UTF8.GetString(MessageJson.ToJson(message, type).Span);

    private static void Same(IMessage message, string type)
    {
        var files = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name == "Proxy.Api").SelectMany(a => a.GetTypes())
            .Where(t => typeof(IMessage).IsAssignableFrom(t)).Select(t => ((IMessage)Activator.CreateInstance(t)!).Descriptor.File).Distinct();
        var registry = TypeRegistry.FromFiles([.. files, Duration.Descriptor.File, Timestamp.Descriptor.File, UInt64Value.Descriptor.File]);
        var expected = new JsonFormatter(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(registry)).Format(message);
        JsonNode.DeepEquals(JsonNode.Parse(Text(message, type)), JsonNode.Parse(expected))
            .Should().BeTrue("{0} should equal {1}", Text(message, type), expected);
    }
}
