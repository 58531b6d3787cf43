namespace Proxy.Discovery.Testing;

/// <summary>The configuration of a proxy that takes its listeners and clusters from a <see cref="TestControlPlane"/>: <see cref="ToString"/> is the bootstrap.</summary>
/// <param name="Transport">How it hears from the control plane.</param>
public sealed record TestBootstrap(TestTransport Transport)
{
    /// <summary>Configures a proxy for a control plane.</summary>
    /// <param name="transport">How it hears from the control plane.</param>
    /// <param name="plane">The control plane.</param>
    /// <param name="folder">Where its files are; needed for <see cref="TestTransport.Files"/> only.</param>
    public static TestBootstrap For(TestTransport transport, TestControlPlane plane, string folder = "")
    {
        ArgumentNullException.ThrowIfNull(plane);
        return new TestBootstrap(transport) { GrpcPort = plane.GrpcPort, RestPort = plane.RestPort, Folder = folder };
    }

    /// <summary>Port of the control plane for gRPC, without TLS. Default 1, where nobody answers.</summary>
    public int GrpcPort { get; init; } = 1;

    /// <summary>Port of the control plane for REST. Default 1, where nobody answers.</summary>
    public int RestPort { get; init; } = 1;

    /// <summary>Where the files of the control plane are.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The one stream for all types is tried first at a place where nobody answers, so that the proxy has to fail over. Default false.</summary>
    public bool HasDeadFirstPlace { get; init; }

    /// <summary>Where resources come from, as a <c>ConfigSource</c> in YAML on one line, for the bootstrap and for resources that name others.</summary>
    /// <param name="type">Full name of the message that is asked for, such as <c>envoy.config.cluster.v3.Cluster</c>.</param>
    public string Source(string type) => Transport switch
    {
        TestTransport.Ads or TestTransport.DeltaAds => "{ads: {}, resource_api_version: V3}",
        TestTransport.Grpc => $"{{api_config_source: {Streams("GRPC")}, resource_api_version: V3}}",
        TestTransport.DeltaGrpc => $"{{api_config_source: {Streams("DELTA_GRPC")}, resource_api_version: V3}}",
        TestTransport.Rest =>
            "{api_config_source: {api_type: REST, transport_api_version: V3, cluster_names: [rest-plane], refresh_delay: 0.02s}, resource_api_version: V3}",
        _ => $"{{path_config_source: {{path: {Folder}/{DiscoveryType.All.First(known => known.Message == type).Path}.json}}, resource_api_version: V3}}",
    };

    /// <summary>The bootstrap, in YAML.</summary>
    public override string ToString() => $$$"""
        node: {id: test, cluster: tests}
        layered_runtime: {layers: [{name: static, static_layer: {envoy.restart_features.xds_failover_support: true}}]}
        dynamic_resources:
          {{{Aggregated()}}}
          cds_config: {{{Source("envoy.config.cluster.v3.Cluster")}}}
          lds_config: {{{Source("envoy.config.listener.v3.Listener")}}}
        static_resources:
          clusters:
          - name: plane
            connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {}}
            load_assignment: {{{Place("plane", GrpcPort)}}}
          - {name: dead-plane, load_assignment: {cluster_name: dead-plane}}
          - {name: rest-plane, load_assignment: {{{Place("rest-plane", RestPort)}}}}
        """;

    private static string Place(string name, int port) =>
        $"{{cluster_name: {name}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}]}}]}}";

    private string Aggregated() => Transport switch
    {
        TestTransport.Ads => "ads_config: " + Streams("GRPC"),
        TestTransport.DeltaAds => "ads_config: " + Streams("DELTA_GRPC"),
        _ => "",
    };

    private string Streams(string type) =>
        $"{{api_type: {type}, transport_api_version: V3, grpc_services: [{(HasDeadFirstPlace ? "{envoy_grpc: {cluster_name: dead-plane}}, " : "")}{{envoy_grpc: {{cluster_name: plane}}}}]}}";
}
