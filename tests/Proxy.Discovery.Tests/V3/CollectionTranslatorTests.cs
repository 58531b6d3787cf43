using Proxy.Configuration.Discovery;

namespace Proxy.Discovery.Tests.V3;

/// <summary>Collections of clusters and listeners in a bootstrap.</summary>
public sealed class CollectionTranslatorTests
{
    private const string Clusters = "xdstp://authority/envoy.config.cluster.v3.Cluster/folder/*";
    private const string Plane = "transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}]";
    private const string Start = "node: {id: here, cluster: c}\nnode_context_params: [id, locality.zone, x]\nstatic_resources: {clusters: [{name: u}]}\n";

    [TestCase("ads_config: {api_type: DELTA_GRPC, " + Plane + "}, cds_config: {ads: {}, initial_fetch_timeout: 3s}", typeof(AggregatedSourceConfig))]
    [TestCase("cds_config: {api_config_source: {api_type: DELTA_GRPC, " + Plane + "}, initial_fetch_timeout: 3s}", typeof(ControlPlaneSourceConfig))]
    public void Locator_IsAskedForOverTheSource(string source, Type type)
    {
        var result = Loading.Load(Start + "dynamic_resources: {cds_resources_locator: '" + Clusters + "?z=1&a=2', " + source + "}\n");

        result.Faults.Should().ContainSingle().Which.ToString().Should().Contain("node_context_params[2]: warning: adds nothing: a node has no such part");
        var collection = result.Config!.Dynamic.Clusters.Should().BeOfType<CollectionSourceConfig>().Subject;
        collection.Name.Should().Be(Clusters + "?a=2&z=1");
        collection.Source.Should().BeOfType(type);
        collection.InitialFetchTimeout.Should().Be(TimeSpan.FromSeconds(3));
        result.Config.Node.ContextParameters.Should().Equal("id", "locality.zone", "x");
    }

    [TestCase("cds_resources_locator: x", "cds_resources_locator: is no locator of a collection")]
    [TestCase("cds_resources_locator: 'http://a/envoy.config.cluster.v3.Cluster/*'", "cds_resources_locator: collections over HTTP are not supported")]
    [TestCase("cds_resources_locator: 'xdstp://a'", "cds_resources_locator: is no xdstp:// name: no type of resource follows the authority")]
    [TestCase("cds_resources_locator: 'xdstp://a/envoy.config.cluster.v3.ClusterCollection/x', cds_config: {ads: {}}", "cds_resources_locator: is a collection of envoy.config.cluster.v3.ClusterCollection instead of envoy.config.cluster.v3.Cluster")]
    [TestCase("cds_resources_locator: '" + Clusters + "#entry=e', cds_config: {ads: {}}", "cds_resources_locator: directives (#entry=e) are not supported")]
    [TestCase("cds_resources_locator: '" + Clusters + "'", "cds_config: required: a collection comes over ads or from an api_config_source of DELTA_GRPC")]
    [TestCase("cds_resources_locator: '" + Clusters + "', cds_config: {api_config_source: {api_type: GRPC, " + Plane + "}}", "cds_config: cannot bring a collection")]
    [TestCase("cds_resources_locator: 'file:///clusters.json'", "cds_resources_locator: a file cannot hold a collection of envoy.config.cluster.v3.Cluster")]
    [TestCase("lds_resources_locator: 'file:///gone.json'", "lds_resources_locator: the file /gone.json does not exist")]
    [TestCase("lds_resources_locator: 'file:///gone.json', lds_config: {ads: {}}", "lds_config: has no effect: the collection is in a file")]
    [TestCase("lds_resources_locator: '" + Clusters + "', lds_config: {ads: {}}", "lds_resources_locator: is a collection of envoy.config.cluster.v3.Cluster instead of envoy.config.listener.v3.Listener")]
    public void Locator_ThatCannotWork_IsRefused(string resources, string fault)
    {
        Loading.Faults(Start.Replace(", x]", "]", StringComparison.Ordinal) + "dynamic_resources: {ads_config: {api_type: DELTA_GRPC, " + Plane + "}, " + resources + "}\n")
            .Should().ContainSingle().Which.Should().Contain(fault);
    }

    [TestCase(
        "scoped_routes: {name: s, scope_key_builder: {fragments: [{header_value_extractor: {name: a, index: 0}}]}, rds_config_source: {ads: {}}, scoped_rds: {scoped_rds_config_source: {ads: {}}, srds_resources_locator: 'xdstp://a/t/*'}}",
        "",
        "scoped_routes.scoped_rds.srds_resources_locator: not supported yet")]
    [TestCase(
        "route_config: {}",
        "{name: o, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand, odcds: {source: {ads: {}}, resources_locator: 'xdstp://a/t/*'}}}, ",
        "http_filters[0].typed_config.odcds.resources_locator: not supported yet")]
    public void Locator_OfAnythingElse_IsRefused(string routes, string filter, string fault)
    {
        const string Hcm = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
        const string Router = "{name: r, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";
        Loading.Faults(Start.Replace(", x]", "]", StringComparison.Ordinal).Replace("{clusters:", "{listeners: [{name: l, address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains: [{filters: [{name: h, typed_config: {'@type': "
                + Hcm + ", stat_prefix: h, " + routes + ", http_filters: [" + filter + Router + "]}}]}]}], clusters:", StringComparison.Ordinal)
            + "dynamic_resources: {ads_config: {api_type: DELTA_GRPC, " + Plane + "}}\n").Should().ContainSingle().Which.Should().Contain(fault);
    }

    [Test]
    public void File_OfListeners_IsACollection()
    {
        var path = Path.GetTempFileName();
        var config = Loading.Config(Start.Replace(", x]", "]", StringComparison.Ordinal) + "dynamic_resources: {lds_resources_locator: 'file://" + path + "'}\n");

        config.Dynamic.Listeners.Should().Be(new FileSourceConfig(path) { IsCollection = true });
        File.Delete(path);
    }
}
