using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Testing;
using Manager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Proxy.Scale;

/// <summary>What the control plane serves, and the bootstrap of a proxy that asks it.</summary>
internal static class Resources
{
    public const string EndpointsType = "envoy.config.endpoint.v3.ClusterLoadAssignment";

    private static readonly ConfigSource Aggregated = new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };

    public static string Bootstrap(int admin, int plane) =>
        $$"""
        {"node": {"id": "scale", "cluster": "scale"}, "admin": {{ProxyProcess.Admin(admin)}},
         "dynamic_resources": {
          "ads_config": {"api_type": "DELTA_GRPC", "transport_api_version": "V3", "grpc_services": [{"envoy_grpc": {"cluster_name": "plane"} }]},
          "cds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "120s"},
          "lds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "120s"} },
         "static_resources": {"clusters": [{"name": "plane",
          "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
           "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {} } } },
          "load_assignment": {"cluster_name": "plane", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": {{plane}} } } } }]}]} }]} }
        """;

    public static TestResource Cluster(string name) => Of("envoy.config.cluster.v3.Cluster", name, new Cluster
    {
        Name = name,
        Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Aggregated },
    });

    public static TestResource Endpoints(string name, IEnumerable<(string Address, int Port)> hosts)
    {
        var locality = new LocalityLbEndpoints();
        locality.LbEndpoints.AddRange(hosts.Select(static host => new LbEndpoint { Endpoint = new Endpoint { Address = AddressOf(host.Address, host.Port) } }));
        return Of(EndpointsType, name, new ClusterLoadAssignment { ClusterName = name, Endpoints = { locality } });
    }

    public static TestResource Listener(int port)
    {
        var manager = new Manager.HttpConnectionManager
        {
            StatPrefix = "in",
            Rds = new Manager.Rds { RouteConfigName = "routes", ConfigSource = Aggregated },
            HttpFilters = { new Manager.HttpFilter { Name = "router", TypedConfig = Pack("envoy.extensions.filters.http.router.v3.Router", new Envoy.Extensions.Filters.Http.Router.V3.Router()) } },
        };
        return Of("envoy.config.listener.v3.Listener", "main", new Listener
        {
            Name = "main",
            Address = AddressOf("127.0.0.1", port),
            FilterChains = { new FilterChain { Filters = { new Envoy.Config.Listener.V3.Filter { Name = "http", TypedConfig = Pack("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", manager) } } } },
        });
    }

    public static TestResource Routes(int count, Func<int, string> cluster)
    {
        var host = new VirtualHost { Name = "all", Domains = { "*" } };
        for (var i = 0; i < count; i++)
        {
            host.Routes.Add(new Route { Match = new RouteMatch { Prefix = $"/service/{i}/" }, Route_ = new RouteAction { Cluster = cluster(i) } });
        }

        host.Routes.Add(new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { Cluster = cluster(0) } });
        return Of("envoy.config.route.v3.RouteConfiguration", "routes", new RouteConfiguration { Name = "routes", VirtualHosts = { host }, ValidateClusters = false });
    }

    private static TestResource Of(string type, string name, IMessage message) => TestResource.Raw(type, name, message.ToByteArray());

    private static Any Pack(string type, IMessage message) => new() { TypeUrl = "type.googleapis.com/" + type, Value = message.ToByteString() };

    private static Address AddressOf(string address, int port) => new() { SocketAddress = new SocketAddress { Address = address, PortValue = (uint)port } };
}
