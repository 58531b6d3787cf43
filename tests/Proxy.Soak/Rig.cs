using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proxy.Discovery.Testing;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Stats;

namespace Proxy.Soak;

/// <summary>A proxy whose every resource comes over one transport, and its control plane.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public const string ClusterType = "envoy.config.cluster.v3.Cluster";
    public const string EndpointsType = "envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string ListenerType = "envoy.config.listener.v3.Listener";
    public const string RoutesType = "envoy.config.route.v3.RouteConfiguration";

    private readonly ServiceProvider _services;
    private readonly ProxyRunner _runner;

    private Rig(string transport, TestControlPlane plane, string folder, int port, ServiceProvider services)
    {
        Transport = transport;
        Plane = plane;
        Folder = folder;
        Port = port;
        _services = services;
        _runner = services.GetRequiredService<ProxyRunner>();
    }

    public static IReadOnlyList<string> Transports { get; } = ["grpc", "delta", "ads", "delta-ads", "rest", "files"];

    public string Transport { get; }

    public TestControlPlane Plane { get; }

    public string Folder { get; }

    /// <summary>Where the proxy listens.</summary>
    public int Port { get; }

    public static async Task<Rig> StartAsync(string transport, int upstream)
    {
        var folder = Directory.CreateTempSubdirectory("proxy-soak-").FullName;
        var plane = await TestControlPlane.StartAsync();
        var port = FreePort();
        plane.Set("1", Cluster(transport, folder, connectTimeout: 5));
        plane.Set("1", Hosts(upstream));
        plane.Set("1", Listener(transport, folder, port, server: "soak"));
        plane.Set("1", Routes("app", "0"));
        await plane.WriteFilesAsync(folder);
        var path = Path.Combine(folder, "bootstrap.yaml");
        await File.WriteAllTextAsync(path, Bootstrap(plane, transport, folder));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(static proxy => proxy.Drain = new DrainOptions { Time = TimeSpan.FromSeconds(5) }).AddFilters().AddBootstrapFile(path).AddGrpcControlPlanes();
        var rig = new Rig(transport, plane, folder, port, services.BuildServiceProvider());
        await rig._runner.StartAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>A server whose answers name it.</summary>
    public static async Task<(WebApplication App, int Port)> StartUpstreamAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = FreePort();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(name));
        await app.StartAsync();
        return (app, port);
    }

    public static string Cluster(string transport, string folder, int connectTimeout) => $$"""
        "@type": type.googleapis.com/{{ClusterType}}
        name: app
        type: EDS
        connect_timeout: {{connectTimeout}}s
        eds_cluster_config: {eds_config: {{Source(transport, folder, "endpoints")}} }
        """;

    public static string Hosts(params int[] ports)
    {
        var hosts = ports.Select(static port => $"{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}");
        return $$"""
            "@type": type.googleapis.com/{{EndpointsType}}
            cluster_name: app
            endpoints: [{lb_endpoints: [{{string.Join(", ", hosts)}}]}]
            """;
    }

    public static string Routes(string cluster, string mark) => $$"""
        "@type": type.googleapis.com/{{RoutesType}}
        name: routes
        validate_clusters: true
        response_headers_to_add: [{header: {key: x-mark, value: "{{mark}}"} }]
        virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: {{cluster}} } }]}]
        """;

    public static string Listener(string transport, string folder, int port, string server) => $$"""
        "@type": type.googleapis.com/{{ListenerType}}
        name: main
        address: {socket_address: {address: 127.0.0.1, port_value: {{port}} } }
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: in
              stream_idle_timeout: 5s # a stream's timer holds it, and the listener with it, for so long after its end
              server_name: {{server}}
              rds: {route_config_name: routes, config_source: {{Source(transport, folder, "routes")}} }
              http_filters:
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;

    /// <summary>Serves other resources, over whatever transport.</summary>
    public async Task SetAsync(string version, string resource)
    {
        Plane.Set(version, resource);
        if (Transport == "files")
        {
            await Plane.WriteFilesAsync(Folder);
        }
    }

    /// <summary>Sum of all counters whose names end so, those of listeners aside, which count what connection managers count once more.</summary>
    public long Sum(string ending)
    {
        var sum = 0L;
        foreach (var group in _runner.Server.Stats.Snapshot().Where(static group => !group.Prefix.StartsWith("listener.", StringComparison.Ordinal)))
        {
            for (var i = 0; i < group.Schema.Counters.Count; i++)
            {
                if ((group.Prefix + group.Schema.Counters[i]).EndsWith(ending, StringComparison.Ordinal))
                {
                    sum += group.Shards.ToArray().Sum(shard => shard?.Read(new CounterId(i)) ?? 0);
                }
            }
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await Plane.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Source(string transport, string folder, string file) => transport switch
    {
        "ads" or "delta-ads" => "{ads: {}, resource_api_version: V3}",
        "grpc" => Own("GRPC"),
        "delta" => Own("DELTA_GRPC"),
        "rest" => "{api_config_source: {api_type: REST, transport_api_version: V3, cluster_names: [rest-plane], refresh_delay: 0.02s}, resource_api_version: V3}",
        _ => $"{{path_config_source: {{path: {folder}/{file}.json}}, resource_api_version: V3}}",
    };

    private static string Own(string type) =>
        $"{{api_config_source: {{api_type: {type}, transport_api_version: V3, grpc_services: [{{envoy_grpc: {{cluster_name: plane}}}}]}}, resource_api_version: V3}}";

    private static string Bootstrap(TestControlPlane plane, string transport, string folder) => $$"""
        node: {id: soak, cluster: soak}
        dynamic_resources:
          {{Aggregated(transport)}}
          cds_config: {{Source(transport, folder, "clusters")}}
          lds_config: {{Source(transport, folder, "listeners")}}
        static_resources:
          clusters:
          - name: plane
            connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {} }
            load_assignment: {cluster_name: plane, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{plane.GrpcPort}} } } } }]}]}
          - name: rest-plane
            load_assignment: {cluster_name: rest-plane, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{plane.RestPort}} } } } }]}]}
        """;

    private static string Aggregated(string transport) => transport switch
    {
        "ads" => Stream("GRPC"),
        "delta-ads" => Stream("DELTA_GRPC"),
        _ => "",
    };

    private static string Stream(string type) =>
        $"ads_config: {{api_type: {type}, transport_api_version: V3, grpc_services: [{{envoy_grpc: {{cluster_name: plane}}}}]}}";

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
