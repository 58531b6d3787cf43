using Proxy.Configuration.Discovery;

namespace Proxy.Discovery.Tests.V3;

/// <summary>Control planes by authority in a bootstrap.</summary>
public sealed class AuthorityTranslatorTests
{
    private const string Node = "node: {id: here, cluster: c}\n";
    private const string On = "layered_runtime: {layers: [{name: s, static_layer: {envoy.reloadable_features.xdstp_based_config_singleton_subscriptions: true}}]}\n";
    private const string Static = "static_resources: {clusters: [{name: u}]}\n";
    private const string Plane = "transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}]";
    private const string Stream = "api_config_source: {api_type: AGGREGATED_GRPC, " + Plane + "}";

    [Test]
    public void Sources_AreTaken()
    {
        var dynamic = Loading.Config(Node + On + Static
            + "config_sources: [{authorities: [{name: a}, {name: b}], " + Stream + ", initial_fetch_timeout: 2s}]\n"
            + "default_config_source: {api_config_source: {api_type: AGGREGATED_DELTA_GRPC, " + Plane + "}}\n").Dynamic;

        var named = dynamic.Authorities.Should().ContainSingle().Subject;
        named.Names.Should().Equal("a", "b");
        named.ControlPlane.Protocol.Should().Be(ControlPlaneProtocol.Grpc);
        named.InitialFetchTimeout.Should().Be(TimeSpan.FromSeconds(2));
        dynamic.DefaultAuthority!.ControlPlane.Protocol.Should().Be(ControlPlaneProtocol.DeltaGrpc);
        dynamic.DefaultAuthority.InitialFetchTimeout.Should().Be(TimeSpan.FromSeconds(15));
    }

    [TestCase("config_sources: [{authorities: [{name: a}], " + Stream + "}]", "config_sources")]
    [TestCase("default_config_source: {" + Stream + "}", "default_config_source")]
    public void Sources_WithoutTheRuntimeFeature_AreWarnedOf(string sources, string place)
    {
        Loading.Faults(Node + Static + sources + "\n").Should().ContainSingle().Which
            .Should().Contain(place + ": warning: has no effect until the runtime feature envoy.reloadable_features.xdstp_based_config_singleton_subscriptions is on");
    }

    [TestCase("config_sources: [{" + Stream + "}]", "config_sources[0].authorities: required: which authorities it serves")]
    [TestCase("config_sources: [{authorities: [{name: a}, {name: a}], " + Stream + "}]", "config_sources[0].authorities[1].name: authority a is served already")]
    [TestCase("config_sources: [{authorities: [{name: a}], " + Stream + "}, {authorities: [{name: a}], " + Stream + "}]", "config_sources[1].authorities[0].name: authority a is served already")]
    [TestCase("config_sources: [{authorities: [{name: ''}], " + Stream + "}]", "config_sources[0].authorities[0].name")]
    [TestCase("config_sources: [{authorities: [{name: a}], ads: {}}]", "config_sources[0]: a source of authorities is an api_config_source")]
    [TestCase("config_sources: [{authorities: [{name: a}], api_config_source: {api_type: GRPC, " + Plane + "}}]", "config_sources[0].api_config_source.api_type: a source of authorities is of type AGGREGATED_GRPC or AGGREGATED_DELTA_GRPC")]
    [TestCase("config_sources: [{authorities: [{name: a}], api_config_source: {api_type: AGGREGATED_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: gone}}]}}]", "there is no static cluster gone")]
    [TestCase("dynamic_resources: {cds_config: {" + Stream + "}}", "cds_config.api_config_source.api_type: aggregated types are those of config_sources")]
    [TestCase("dynamic_resources: {ads_config: {api_type: AGGREGATED_DELTA_GRPC, " + Plane + "}}", "ads_config.api_type: aggregated types are those of config_sources")]
    [TestCase("dynamic_resources: {cds_config: {authorities: [{name: a}], api_config_source: {api_type: GRPC, " + Plane + "}}}", "cds_config.authorities: authorities are served by the bootstrap's config_sources alone")]
    public void Source_ThatCannotWork_IsRefused(string sources, string fault)
    {
        Loading.Faults(Node + On + Static + sources + "\n").Should().ContainSingle().Which.Should().Contain(fault);
    }

    [Test]
    public void Source_WithoutANode_IsRefused()
    {
        Loading.Faults(On + Static + "config_sources: [{authorities: [{name: a}], " + Stream + "}]\n").Should().ContainSingle().Which
            .Should().Contain("config_sources[0]: needs to know this node");
    }
}
