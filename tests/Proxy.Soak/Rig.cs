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

    private Rig(TestBootstrap bootstrap, TestControlPlane plane, int port, ServiceProvider services)
    {
        Bootstrap = bootstrap;
        Plane = plane;
        Port = port;
        _services = services;
        _runner = services.GetRequiredService<ProxyRunner>();
    }

    public TestTransport Transport => Bootstrap.Transport;

    public TestControlPlane Plane { get; }

    public TestBootstrap Bootstrap { get; }

    /// <summary>Where the proxy listens.</summary>
    public int Port { get; }

    public static async Task<Rig> StartAsync(TestTransport transport, int upstream)
    {
        var folder = Directory.CreateTempSubdirectory("proxy-soak-").FullName;
        var plane = await TestControlPlane.StartAsync();
        var bootstrap = TestBootstrap.For(transport, plane, folder);
        var port = FreePort();
        plane.Set("1", Cluster(bootstrap, connectTimeout: 5));
        plane.Set("1", Hosts(upstream));
        plane.Set("1", Listener(bootstrap, port, server: "soak"));
        plane.Set("1", Routes("app", "0"));
        await plane.WriteFilesAsync(folder);
        var path = Path.Combine(folder, "bootstrap.yaml");
        await File.WriteAllTextAsync(path, bootstrap.ToString());
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(static proxy => proxy.Drain = new DrainOptions { Time = TimeSpan.FromSeconds(5) }).AddFilters().AddBootstrapFile(path).AddGrpcControlPlanes();
        var rig = new Rig(bootstrap, plane, port, services.BuildServiceProvider());
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

    public static string Cluster(TestBootstrap bootstrap, int connectTimeout) => $$"""
        "@type": type.googleapis.com/{{ClusterType}}
        name: app
        type: EDS
        connect_timeout: {{connectTimeout}}s
        eds_cluster_config: {eds_config: {{bootstrap.Source(EndpointsType)}} }
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

    public static string Listener(TestBootstrap bootstrap, int port, string server) => $$"""
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
              rds: {route_config_name: routes, config_source: {{bootstrap.Source(RoutesType)}} }
              http_filters:
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;

    /// <summary>Serves other resources, over whatever transport.</summary>
    public async Task SetAsync(string version, string resource)
    {
        Plane.Set(version, resource);
        if (Transport == TestTransport.Files)
        {
            await Plane.WriteFilesAsync(Bootstrap.Folder);
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
        Directory.Delete(Bootstrap.Folder, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
