using System.Text.Json;
using System.Text.Json.Nodes;
using Proxy.Discovery.Testing;
using Proxy.Host.Tests.ControlPlanes;

namespace Proxy.Host.Tests.Foreign;

/// <summary>The proxy under a control plane on somebody else's gRPC library and messages.</summary>
[NonParallelizable]
public sealed class ForeignControlPlaneTests
{
    [TestCase(TestTransport.Ads)]
    [TestCase(TestTransport.DeltaAds)]
    public async Task Proxy_FollowsAControlPlaneOnNode(TestTransport transport)
    {
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        await using var plane = ForeignProcess.Start("control-plane.js");
        var port = (int)JsonNode.Parse(await plane.HearAsync())!["port"]!;
        await SetAsync(plane, DiscoveredProxy.ClusterType, "1", "app", """{"name": "app", "type": "EDS", "eds_cluster_config": {"eds_config": {"ads": {}, "resource_api_version": "V3"}}}""");
        await SetAsync(plane, DiscoveredProxy.EndpointsType, "1", "app", Hosts(DiscoveredProxy.PortOf(first)));
        await SetAsync(plane, DiscoveredProxy.ListenerType, "1", "main", Listener);
        await SetAsync(plane, DiscoveredProxy.RoutesType, "1", "routes", Routes("app"));

        await using var proxy = await DiscoveredProxy.StartAsync(new TestBootstrap(transport) { GrpcPort = port });
        await proxy.ExpectAsync("first");

        await SetAsync(plane, DiscoveredProxy.EndpointsType, "2", "app", Hosts(DiscoveredProxy.PortOf(second)));
        await proxy.ExpectAsync("second");

        await SetAsync(plane, DiscoveredProxy.RoutesType, "bad", "routes", Routes("nowhere"));
        (await RefusalAsync(plane)).Should().Contain("nowhere");
        await proxy.ExpectAsync("second");
    }

    private const string Listener =
        """
        {
          "name": "main", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
          "filter_chains": [{"filters": [{"name": "http", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "in",
            "rds": {"route_config_name": "routes", "config_source": {"ads": {}, "resource_api_version": "V3"}},
            "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]
          }}]}]
        }
        """;

    private static string Hosts(int port) => $$$"""
        {"cluster_name": "app", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": {{{port}}} } } } }]}]}
        """;

    private static string Routes(string cluster) => $$$"""
        {"name": "routes", "validate_clusters": {"value": true},
         "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "{{{cluster}}}"}}]}]}
        """;

    private static Task SetAsync(ForeignProcess plane, string type, string version, string name, string resource)
    {
        var message = JsonNode.Parse(resource)!.AsObject();
        message["@type"] = "type.googleapis.com/" + type;
        var line = new JsonObject { ["version"] = version, ["type"] = type, ["resources"] = new JsonObject { [name] = message } };
        return plane.TellAsync(line.ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
    }

    private static async Task<string> RefusalAsync(ForeignProcess plane)
    {
        while (true)
        {
            if (JsonNode.Parse(await plane.HearAsync())?["error"] is { } error)
            {
                return (string)error!;
            }
        }
    }
}
