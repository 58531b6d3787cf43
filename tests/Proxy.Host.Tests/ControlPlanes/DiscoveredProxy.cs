using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proxy.Discovery.Testing;
using Proxy.Hosting;
using Proxy.Stats;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>A proxy on real sockets that takes everything from a <see cref="TestControlPlane"/>: a listener, its routes, a cluster and its hosts.</summary>
internal sealed class DiscoveredProxy : IAsyncDisposable
{
    public const string EndpointsType = "envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string RoutesType = "envoy.config.route.v3.RouteConfiguration";
    public const string ClusterType = "envoy.config.cluster.v3.Cluster";
    public const string ListenerType = "envoy.config.listener.v3.Listener";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _services;
    private readonly ProxyRunner _runner;
    private readonly HttpClient _client = new();

    private DiscoveredProxy(ServiceProvider services, ProxyRunner runner)
    {
        _services = services;
        _runner = runner;
    }

    public ProxyServer Server => _runner.Server;

    /// <summary>Where it answers.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)Server.Listeners.Single().EndPoints[0]).Port}/");

    /// <summary>Starts one.</summary>
    public static Task<DiscoveredProxy> StartAsync(TestBootstrap bootstrap) => StartAsync(bootstrap.ToString());

    /// <summary>Starts one with a bootstrap in YAML.</summary>
    public static async Task<DiscoveredProxy> StartAsync(string bootstrap)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(path, bootstrap);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy().AddFilters().AddBootstrapFile(path).AddGrpcControlPlanes();
        var provider = services.BuildServiceProvider();
        var runner = provider.GetRequiredService<ProxyRunner>();
        await runner.StartAsync(CancellationToken.None).WaitAsync(Patience);
        File.Delete(path);
        return new DiscoveredProxy(provider, runner);
    }

    /// <summary>Serves everything, so that requests go to a port.</summary>
    public static void Serve(TestControlPlane plane, TestBootstrap bootstrap, string version, int port)
    {
        plane.Set(version, $$$"""
            "@type": type.googleapis.com/{{{ClusterType}}}
            name: app
            type: EDS
            eds_cluster_config: {eds_config: {{{bootstrap.Source(EndpointsType)}}}}
            """);
        plane.Set(version, Hosts(port));
        plane.Set(version, Listener("main", "routes", bootstrap));
        plane.Set(version, Routes("app"));
    }

    /// <summary>A listener whose table comes from elsewhere.</summary>
    public static string Listener(string name, string table, TestBootstrap bootstrap) => $$$"""
        "@type": type.googleapis.com/{{{ListenerType}}}
        name: {{{name}}}
        address: {socket_address: {address: 127.0.0.1, port_value: 0}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: in
              rds: {route_config_name: {{{table}}}, config_source: {{{bootstrap.Source(RoutesType)}}}}
              http_filters:
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """;

    // With what gRPC clients insist on besides: a place with a weight.
    public static string Hosts(int port) => $$$"""
        "@type": type.googleapis.com/{{{EndpointsType}}}
        cluster_name: app
        endpoints: [{locality: {zone: a}, load_balancing_weight: 1, lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{{port}}} } } } }]}]
        """;

    public static string Routes(string cluster) => $$$"""
        "@type": type.googleapis.com/{{{RoutesType}}}
        name: routes
        validate_clusters: true
        virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: {{{cluster}}} } }]}]
        """;

    /// <summary>A server that answers every request with a name.</summary>
    public static async Task<WebApplication> StartUpstreamAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(context => context.Response.WriteAsync(name));
        await app.StartAsync();
        return app;
    }

    public static int PortOf(WebApplication app) => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Waits until requests are answered by that upstream.</summary>
    public async Task ExpectAsync(string expected)
    {
        var answer = "";
        var watch = Stopwatch.StartNew();
        while (answer != expected && watch.Elapsed < Patience)
        {
            answer = await _client.GetStringAsync(Url);
        }

        answer.Should().Be(expected);
    }

    /// <summary>A counter, by its whole name.</summary>
    public long Count(string name)
    {
        foreach (var group in Server.Stats.Snapshot().Where(group => name.StartsWith(group.Prefix, StringComparison.Ordinal)))
        {
            var index = group.Schema.Counters.ToList().IndexOf(name[group.Prefix.Length..]);
            if (index >= 0)
            {
                return group.Shards.ToArray().Sum(shard => shard?.Read(new CounterId(index)) ?? 0);
            }
        }

        return 0;
    }

    public static async Task WaitAsync(Func<bool> condition, string because)
    {
        var watch = Stopwatch.StartNew();
        while (!condition() && watch.Elapsed < Patience)
        {
            await Task.Delay(5);
        }

        condition().Should().BeTrue(because);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _runner.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    /// <summary>A static cluster through which a control plane is reached, in a line.</summary>
    public static string Plane(string name, int port) =>
        $"{{name: {name}, connect_timeout: 1s, typed_extension_protocol_options: {{envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {{"
        + "\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http2_protocol_options: {}}}}, "
        + $"load_assignment: {{cluster_name: {name}, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}]}}]}}}}";
}
