namespace Proxy.Discovery.Tests.V3;

/// <summary>What a bootstrap may say about the sources of its resources.</summary>
public sealed class ConfigSourceTests
{
    private const string Node = "node: {id: here, cluster: c}\n";
    private const string Grpc = "api_type: GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}]";
    private const string Static = "static_resources: {clusters: [{name: u}]}\n";

    [TestCase("", "cds_config: {api_config_source: {" + Grpc + "}}", "cds_config: needs to know this node")]
    [TestCase("node: {id: here}\n", "cds_config: {api_config_source: {" + Grpc + "}}", "cds_config: needs to know this node")]
    [TestCase(Node, "cds_config: {api_config_source: {transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}]}}", "api_config_source.api_type: required")]
    [TestCase(Node, "cds_config: {api_config_source: {api_type: GRPC, transport_api_version: V2, grpc_services: [{envoy_grpc: {cluster_name: u}}]}}", "api_config_source.transport_api_version: V2 is no longer spoken")]
    [TestCase(Node, "cds_config: {api_config_source: {api_type: GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}, {envoy_grpc: {cluster_name: u}}]}}", "api_config_source.grpc_services: gRPC takes one service and no cluster name")]
    [TestCase(Node, "ads_config: {api_type: REST, transport_api_version: V3, cluster_names: [u], refresh_delay: 1s}", "ads_config.api_type: REST cannot carry all kinds in one stream")]
    public void Source_ThatCannotWork_IsRefused(string node, string source, string fault)
    {
        Loading.Faults(node + Static + "dynamic_resources: {" + source + "}\n").Should().ContainSingle().Which.Should().Contain(fault);
    }

    [TestCase("true", "GRPC", 2)]
    [TestCase("true", "DELTA_GRPC", 2)]
    [TestCase("false", "GRPC", 0)]
    public void Stream_WithAFailover_IsTakenWhereTheRuntimeFeatureIsOn(string feature, string type, int targets)
    {
        var text = Node + Static + "layered_runtime: {layers: [{name: s, static_layer: {envoy.restart_features.xds_failover_support: " + feature + "}}]}\n"
            + "dynamic_resources: {ads_config: {api_type: " + type + ", transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}, {envoy_grpc: {cluster_name: u}}]}}\n";

        if (targets == 0)
        {
            Loading.Faults(text).Should().ContainSingle().Which.Should().Contain("ads_config.grpc_services: gRPC takes one service");
        }
        else
        {
            Loading.Config(text).Dynamic.Aggregated!.Targets.Should().HaveCount(targets);
        }
    }

    [Test]
    public void RuntimeLayer_WithoutASource_IsRefused()
    {
        Loading.Faults(Node + "layered_runtime: {layers: [{name: r, rtds_layer: {name: r}}]}\n").Should().ContainSingle().Which
            .Should().Contain("layers[0].rtds_layer.rtds_config: required");
    }

    [Test]
    public void Source_WithANode_IsFine()
    {
        Loading.Faults(Node + Static + "dynamic_resources: {cds_config: {api_config_source: {" + Grpc + "}}}\n").Should().BeEmpty();
    }

    [TestCase("clusters: [{name: c, type: EDS, eds_cluster_config: {service_name: 'xdstp://a', eds_config: {ads: {}}}}, {name: u}]", "clusters[0].eds_cluster_config.service_name")]
    [TestCase("clusters: [{name: 'xdstp://a', type: EDS, eds_cluster_config: {eds_config: {ads: {}}}}, {name: u}]", "clusters[0].name")]
    public void Name_IsAMalformedUri_IsRefused(string resources, string place)
    {
        Loading.Faults(Node + "dynamic_resources: {ads_config: {" + Grpc + "}}\nstatic_resources: {" + resources + "}\n").Should().ContainSingle().Which
            .Should().Contain(place + ": is no xdstp:// name: no type of resource follows the authority");
    }
}
