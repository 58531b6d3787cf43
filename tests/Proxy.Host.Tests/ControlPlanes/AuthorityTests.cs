using Proxy.Discovery.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>Several control planes side by side, each for the resources of its authorities, over real gRPC streams.</summary>
public sealed class AuthorityTests
{
    private const string Hosts = "xdstp://hosts/" + DiscoveredProxy.EndpointsType + "/app";
    private const string Routes = "xdstp://elsewhere/" + DiscoveredProxy.RoutesType + "/routes?b=2&a=1";
    private const string CanonicalRoutes = "xdstp://elsewhere/" + DiscoveredProxy.RoutesType + "/routes?a=1&b=2";

    [TestCase("AGGREGATED_GRPC")]
    [TestCase("AGGREGATED_DELTA_GRPC")]
    public async Task Resources_ComeFromTheControlPlaneOfTheirAuthority(string type)
    {
        await using var main = await TestControlPlane.StartAsync();
        await using var hosts = await TestControlPlane.StartAsync();
        await using var other = await TestControlPlane.StartAsync();
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        Serve(main);
        hosts.Set("1", Assignment(DiscoveredProxy.PortOf(first)));
        other.Set("1", Table());

        await using var proxy = await DiscoveredProxy.StartAsync(Bootstrap(type, isOn: true, main, hosts, other));

        await proxy.ExpectAsync("first");
        hosts.Requests.Should().OnlyContain(request => request.Type == DiscoveredProxy.EndpointsType).And.Contain(request => request.Names.Contains(Hosts));
        other.Requests.Should().OnlyContain(request => request.Type == DiscoveredProxy.RoutesType).And.Contain(request => request.Names.Contains(CanonicalRoutes));
        main.Requests.Should().NotContain(request => request.Type == DiscoveredProxy.EndpointsType || request.Type == DiscoveredProxy.RoutesType);

        hosts.Set("2", Assignment(DiscoveredProxy.PortOf(second)));
        await proxy.ExpectAsync("second");
    }

    [Test]
    public async Task Feature_IsOff_ResourcesComeFromTheSourceBesideTheirNames()
    {
        await using var main = await TestControlPlane.StartAsync();
        await using var idle = await TestControlPlane.StartAsync();
        await using var upstream = await DiscoveredProxy.StartUpstreamAsync("here");
        Serve(main);
        main.Set("1", Assignment(DiscoveredProxy.PortOf(upstream)));
        main.Set("1", Table());

        await using var proxy = await DiscoveredProxy.StartAsync(Bootstrap("AGGREGATED_DELTA_GRPC", isOn: false, main, idle, idle));

        await proxy.ExpectAsync("here");
        idle.Requests.Should().BeEmpty();
    }

    private static void Serve(TestControlPlane plane)
    {
        plane.Set("1", $$$"""
            "@type": type.googleapis.com/{{{DiscoveredProxy.ClusterType}}}
            name: app
            type: EDS
            eds_cluster_config: {service_name: "{{{Hosts}}}", eds_config: {ads: {}, resource_api_version: V3}}
            """);
        plane.Set("1", $$$"""
            "@type": type.googleapis.com/{{{DiscoveredProxy.ListenerType}}}
            name: main
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  rds: {route_config_name: "{{{Routes}}}", config_source: {ads: {}, resource_api_version: V3}}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """);
    }

    private static string Assignment(int port) => $$$"""
        "@type": type.googleapis.com/{{{DiscoveredProxy.EndpointsType}}}
        cluster_name: {{{Hosts}}}
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{{port}}} } } } }]}]
        """;

    private static string Table() => $$$"""
        "@type": type.googleapis.com/{{{DiscoveredProxy.RoutesType}}}
        name: "{{{CanonicalRoutes}}}"
        virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: app} }]}]
        """;

    private static string Bootstrap(string type, bool isOn, TestControlPlane main, TestControlPlane hosts, TestControlPlane other)
    {
        var feature = isOn ? "true" : "false";
        var named = "{authorities: [{name: hosts}], " + Source(type, "hosts") + "}";
        return $$$"""
            node: {id: node-1, cluster: tests}
            layered_runtime: {layers: [{name: s, static_layer: {envoy.reloadable_features.xdstp_based_config_singleton_subscriptions: {{{feature}}} } }]}
            config_sources: [{{{named}}}]
            default_config_source: { {{{Source(type, "other")}}} }
            dynamic_resources:
              ads_config: {api_type: GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: main}}]}
              cds_config: {ads: {}, resource_api_version: V3}
              lds_config: {ads: {}, resource_api_version: V3}
            static_resources:
              clusters:
              - {{{DiscoveredProxy.Plane("main", main.GrpcPort)}}}
              - {{{DiscoveredProxy.Plane("hosts", hosts.GrpcPort)}}}
              - {{{DiscoveredProxy.Plane("other", other.GrpcPort)}}}
            """;
    }

    private static string Source(string type, string cluster) =>
        $"api_config_source: {{api_type: {type}, transport_api_version: V3, grpc_services: [{{envoy_grpc: {{cluster_name: {cluster}}}}}]}}";
}
