using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Discovery.Testing;
using Proxy.Discovery.V3.Dump;
using Proxy.Host.Tests.Docs;
using Proxy.Hosting;
using HttpManager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>The configuration of docs/dynamic-configuration.md, driven by a control plane over real sockets.</summary>
[NonParallelizable]
public sealed class AggregatedDiscoveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TestCase("GRPC")]
    [TestCase("DELTA_GRPC")]
    public async Task Proxy_FollowsItsControlPlane(string protocol)
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var first = await DiscoveredProxy.StartUpstreamAsync("first");
        await using var second = await DiscoveredProxy.StartUpstreamAsync("second");
        plane.Set("1", TestResource.Of(DiscoveredProxy.ClusterType, AppCluster()));
        plane.Set("1", TestResource.Of(DiscoveredProxy.EndpointsType, Assignment(DiscoveredProxy.PortOf(first))));
        plane.Set("1", TestResource.Of(DiscoveredProxy.ListenerType, Listener()));
        plane.Set("1", TestResource.Of(DiscoveredProxy.RoutesType, Routes("app")));
        await using var proxy = await StartProxyAsync(plane, protocol);

        await ExpectAsync(proxy, "first");
        plane.Set("2", TestResource.Of(DiscoveredProxy.EndpointsType, Assignment(DiscoveredProxy.PortOf(second))));
        await ExpectAsync(proxy, "second");

        plane.Set("2", TestResource.Of(DiscoveredProxy.RoutesType, Routes("nowhere", validate: true)));
        await DiscoveredProxy.WaitAsync(() => Refusals(plane).Any(), "the table is refused");
        Refusals(plane).Should().ContainSingle().Which.Should().Contain("nowhere");
        await ExpectAsync(proxy, "second");

        plane.DropStreams();
        await DiscoveredProxy.WaitAsync(() => plane.StreamCount == 2, "the stream comes back");
        await ExpectAsync(proxy, "second");
        plane.Set("3", TestResource.Of(DiscoveredProxy.EndpointsType, Assignment(DiscoveredProxy.PortOf(first))));
        await ExpectAsync(proxy, "first");
    }

    [Test]
    public async Task DumpOfEndpoints_ShowsTheHostsAsTheyAreNow()
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var upstream = await DiscoveredProxy.StartUpstreamAsync("first");
        plane.Set("1", TestResource.Of(DiscoveredProxy.ClusterType, AppCluster()));
        plane.Set("1", TestResource.Of(DiscoveredProxy.EndpointsType, Assignment(DiscoveredProxy.PortOf(upstream))));
        plane.Set("1", TestResource.Of(DiscoveredProxy.ListenerType, Listener()));
        plane.Set("1", TestResource.Of(DiscoveredProxy.RoutesType, Routes("app")));
        await using var proxy = await StartProxyAsync(plane, "GRPC");
        await ExpectAsync(proxy, "first");

        var text = new BootstrapDump(new Envoy.Config.Bootstrap.V3.Bootstrap(), DateTimeOffset.UnixEpoch).Dump(proxy.Server, includeEndpoints: true);

        var endpoints = JsonNode.Parse(text.Span)!["configs"]!.AsArray().Single(static section => ((string)section!["@type"]!).EndsWith("EndpointsConfigDump", StringComparison.Ordinal))!;
        endpoints["dynamic_endpoint_configs"]![0]!.ToJsonString().Should().Be(Expected("app", DiscoveredProxy.PortOf(upstream)));
        endpoints["static_endpoint_configs"]![0]!.ToJsonString().Should().Be(Expected("control_plane", plane.GrpcPort));

        static string Expected(string name, int port) =>
            """{"endpoint_config":{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","cluster_name":"NAME","""
                .Replace("NAME", name, StringComparison.Ordinal)
            + """ "endpoints":[{"locality":{},"lb_endpoints":[{"endpoint":{"address":{"socket_address":{"address":"127.0.0.1","port_value":PORT}},"health_check_config":{}},"""
                .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).TrimStart()
            + """ "health_status":"HEALTHY","load_balancing_weight":1}]}],"policy":{"overprovisioning_factor":140}}}""".TrimStart();
    }

    [Test]
    public async Task Start_WithoutAControlPlane_WaitsAndCanBeStopped()
    {
        var plane = await TestControlPlane.StartAsync();
        await using var proxy = await StartProxyAsync(plane, "GRPC", waits: false);

        proxy.Server.State.Should().Be(ServerState.PreInitializing);
        await plane.DisposeAsync();
    }

    private static IEnumerable<string> Refusals(TestControlPlane plane) => plane.Requests.Where(static request => request.Error is not null).Select(static request => request.Error!);

    private static async Task<RunningProxy> StartProxyAsync(TestControlPlane plane, string protocol, bool waits = true)
    {
        var yaml = DocsPage.Read("dynamic-configuration.md")
            .Replace("port_value: 18000", $"port_value: {plane.GrpcPort}", StringComparison.Ordinal)
            .Replace("api_type: GRPC", $"api_type: {protocol}", StringComparison.Ordinal);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(path, yaml);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy().AddFilters().AddBootstrapFile(path).AddGrpcControlPlanes();
        var provider = services.BuildServiceProvider();
        var runner = provider.GetRequiredService<ProxyRunner>();
        var started = runner.StartAsync(CancellationToken.None);
        if (waits)
        {
            await started.WaitAsync(Patience);
        }

        File.Delete(path);
        return new RunningProxy(provider, runner);
    }

    private static async Task ExpectAsync(RunningProxy proxy, string expected)
    {
        using var client = new HttpClient();
        var port = ((IPEndPoint)proxy.Server.Listeners.Single().EndPoints[0]).Port;
        var answer = "";
        var watch = Stopwatch.StartNew();
        while (answer != expected && watch.Elapsed < Patience)
        {
            answer = await client.GetStringAsync($"http://127.0.0.1:{port}/");
        }

        answer.Should().Be(expected);
    }

    private static Cluster AppCluster() => new()
    {
        Name = "app",
        Type = Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Aggregated() },
    };

    private static ConfigSource Aggregated() => new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };

    private static ClusterLoadAssignment Assignment(int port) => new()
    {
        ClusterName = "app",
        Endpoints =
        {
            new LocalityLbEndpoints
            {
                LbEndpoints = { new LbEndpoint { Endpoint = new Envoy.Config.Endpoint.V3.Endpoint { Address = Loopback(port) } } },
            },
        },
    };

    private static Listener Listener()
    {
        var manager = new HttpManager.HttpConnectionManager
        {
            StatPrefix = "in",
            Rds = new HttpManager.Rds { RouteConfigName = "routes", ConfigSource = Aggregated() },
            HttpFilters = { new HttpManager.HttpFilter { Name = "router", TypedConfig = Pack("envoy.extensions.filters.http.router.v3.Router", new Envoy.Extensions.Filters.Http.Router.V3.Router()) } },
        };
        var filter = new Envoy.Config.Listener.V3.Filter { Name = "hcm", TypedConfig = Pack("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", manager) };
        return new Listener { Name = "main", Address = Loopback(0), FilterChains = { new FilterChain { Filters = { filter } } } };
    }

    private static RouteConfiguration Routes(string cluster, bool validate = false)
    {
        var route = new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { Cluster = cluster } };
        var table = new RouteConfiguration { Name = "routes", VirtualHosts = { new VirtualHost { Name = "all", Domains = { "*" }, Routes = { route } } } };
        table.ValidateClusters = validate;
        return table;
    }

    private static Address Loopback(int port) => new() { SocketAddress = new Envoy.Config.Core.V3.SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } };

    private static Any Pack(string type, IMessage message) => new() { TypeUrl = "type.googleapis.com/" + type, Value = message.ToByteString() };

    private sealed class RunningProxy(ServiceProvider services, ProxyRunner runner) : IAsyncDisposable
    {
        public ProxyServer Server => runner.Server;

        public async ValueTask DisposeAsync()
        {
            await runner.StopAsync(CancellationToken.None);
            await services.DisposeAsync();
        }
    }
}
