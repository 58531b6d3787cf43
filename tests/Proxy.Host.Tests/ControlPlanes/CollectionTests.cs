using Proxy.Discovery.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>Clusters and listeners that are members of collections, over real gRPC streams.</summary>
public sealed class CollectionTests
{
    private const string Id = "?xds.node.id=node-1";

    private const string Alone =
        "{api_config_source: {api_type: DELTA_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: plane}}]}, resource_api_version: V3}";

    // A collection is answered like everything else: changes, and members that are gone.
    [TestCase("DELTA_GRPC")]
    [TestCase("GRPC")]
    public async Task Collections_OverTheStreamForAllKinds_AreServed(string type)
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        var cluster = $"xdstp://team/{DiscoveredProxy.ClusterType}/shop/app{Id}";
        plane.Set("1", Cluster(cluster, DiscoveredProxy.PortOf(first)) + "\n---\n" + Cluster($"xdstp://team/{DiscoveredProxy.ClusterType}/other/app{Id}", 1));
        plane.Set("1", Listener($"xdstp://team/{DiscoveredProxy.ListenerType}/shop/main{Id}", cluster));

        await using var proxy = await DiscoveredProxy.StartAsync(Bootstrap(
            plane.GrpcPort, $"ads_config: {{api_type: {type}, transport_api_version: V3, grpc_services: [{{envoy_grpc: {{cluster_name: plane}}}}]}}", "{ads: {}}"));

        await proxy.ExpectAsync("first");
        plane.Requests.Should().Contain(request => request.Names.Contains($"xdstp://team/{DiscoveredProxy.ClusterType}/shop/*{Id}"));
        proxy.Count("cluster_manager.cluster_added").Should().Be(2, "the one of the control plane is static, and only one is in the folder");

        plane.Set("2", Cluster(cluster, DiscoveredProxy.PortOf(second)));
        await proxy.ExpectAsync("second");
    }

    [Test]
    public async Task Members_ComeAndGo()
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var upstream = await DiscoveredProxy.StartUpstreamAsync("here");
        var kept = $"xdstp://team/{DiscoveredProxy.ClusterType}/shop/kept{Id}";
        var gone = $"xdstp://team/{DiscoveredProxy.ClusterType}/shop/gone{Id}";
        plane.Set("1", Cluster(kept, DiscoveredProxy.PortOf(upstream)) + "\n---\n" + Cluster(gone, 1));
        plane.Set("1", Listener($"xdstp://team/{DiscoveredProxy.ListenerType}/shop/main{Id}", kept));

        await using var proxy = await DiscoveredProxy.StartAsync(Bootstrap(plane.GrpcPort, "", Alone));
        await proxy.ExpectAsync("here");

        plane.Set("2", Cluster(kept, DiscoveredProxy.PortOf(upstream)));
        await DiscoveredProxy.WaitAsync(() => proxy.Count("cluster_manager.cluster_removed") == 1, "a member has gone");
        await proxy.ExpectAsync("here");
    }

    [Test]
    public async Task Collection_IsEmpty_DoesNotHoldTheStart()
    {
        await using var plane = await TestControlPlane.StartAsync();
        plane.Clear("1", DiscoveredProxy.ClusterType);
        plane.Clear("1", DiscoveredProxy.ListenerType);

        await using var proxy = await DiscoveredProxy.StartAsync(Bootstrap(plane.GrpcPort, "", Alone));

        proxy.Server.Listeners.Should().BeEmpty();
        proxy.Count("cluster_manager.cds.init_fetch_timeout").Should().Be(0);
    }

    [Test]
    public async Task File_WithACollection_IsReadAgainWhenAnotherTakesItsPlace()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "listeners.json");
        await File.WriteAllTextAsync(path, Collection(200));

        await using (var proxy = await DiscoveredProxy.StartAsync($"dynamic_resources: {{lds_resources_locator: 'file://{path}'}}\n"))
        using (var client = new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } })
        {
            ((int)(await client.GetAsync(proxy.Url)).StatusCode).Should().Be(200);

            await File.WriteAllTextAsync(path + ".new", Collection(202));
            File.Move(path + ".new", path, overwrite: true);
            await DiscoveredProxy.WaitAsync(() => proxy.Count("listener_manager.lds.update_success") == 2, "another file is there");

            ((int)(await client.GetAsync(proxy.Url)).StatusCode).Should().Be(202);
        }

        folder.Delete(recursive: true);
    }

    private static string Collection(int status) => $$$"""
        {"version": "{{{status}}}", "resource": {"@type": "type.googleapis.com/envoy.config.listener.v3.ListenerCollection", "entries": [{"inline_entry": {"name": "main", "resource": {
          "@type": "type.googleapis.com/{{{DiscoveredProxy.ListenerType}}}", "name": "main", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
          "filter_chains": [{"filters": [{"name": "http", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "in",
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "direct_response": {"status": {{{status}}} } }]}]},
            "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}] } }]}] } } }]} }
        """;

    private static string Bootstrap(int port, string aggregated, string source) => $$$"""
        node: {id: node-1, cluster: tests}
        node_context_params: [id]
        dynamic_resources:
          {{{aggregated}}}
          cds_resources_locator: xdstp://team/{{{DiscoveredProxy.ClusterType}}}/shop/*
          cds_config: {{{source}}}
          lds_resources_locator: xdstp://team/{{{DiscoveredProxy.ListenerType}}}/shop/*
          lds_config: {{{source}}}
        static_resources:
          clusters:
          - {{{DiscoveredProxy.Plane("plane", port)}}}
        """;

    private static string Cluster(string name, int port) => $$$"""
        "@type": type.googleapis.com/{{{DiscoveredProxy.ClusterType}}}
        name: {{{name}}}
        load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{{port}}} } } } }]}]}
        """;

    private static string Listener(string name, string cluster) => $$$"""
        "@type": type.googleapis.com/{{{DiscoveredProxy.ListenerType}}}
        name: {{{name}}}
        address: {socket_address: {address: 127.0.0.1, port_value: 0}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: in
              route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: "{{{cluster}}}"} }]}]}
              http_filters:
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;
}
