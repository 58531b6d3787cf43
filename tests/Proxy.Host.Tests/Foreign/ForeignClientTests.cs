using System.Net;
using System.Text;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Proxy.Discovery.Testing;
using Proxy.Host.Tests.ControlPlanes;

namespace Proxy.Host.Tests.Foreign;

/// <summary>Our test control plane under the discovery clients of two gRPC libraries: what they accept is what the proxy is tested with.</summary>
[NonParallelizable]
public sealed class ForeignClientTests
{
    [TestCase("client.py")]
    [TestCase("client.js")]
    public async Task Client_FollowsOurControlPlane(string program)
    {
        await using var first = await StartServiceAsync("first");
        await using var second = await StartServiceAsync("second");
        await using var plane = await TestControlPlane.StartAsync();
        Serve(plane, DiscoveredProxy.PortOf(first));
        var bootstrap = await BootstrapAsync(plane);
        await using var client = ForeignProcess.Start(
            program,
            ("GRPC_XDS_BOOTSTRAP", bootstrap),
            ("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "20")); // the C core looks at its streams this often while no call runs: 5 s by itself

        (await client.AskAsync()).Should().Be("first");
        plane.Set("2", DiscoveredProxy.Hosts(DiscoveredProxy.PortOf(second)));
        await DiscoveredProxy.WaitAsync(() => Acknowledged(plane, "2"), "the client takes the new hosts");
        await ExpectAsync(client, "second");

        var streams = plane.StreamCount;
        plane.DropStreams();
        await DiscoveredProxy.WaitAsync(() => plane.StreamCount > streams, "the client comes back");
        (await client.AskAsync()).Should().Be("second");

        plane.Requests.Should().OnlyContain(static request => request.Error == null, "nothing that the control plane says is wrong");
        plane.Requests[0].Node.Should().Be("client-1");
        File.Delete(bootstrap);
    }

    private static bool Acknowledged(TestControlPlane plane, string version) =>
        plane.Requests.Any(request => request.Type == DiscoveredProxy.EndpointsType && request.Version == version);

    // The balancer takes the new connection in a moment after it has acknowledged the hosts.
    private static async Task ExpectAsync(ForeignProcess client, string expected)
    {
        var answer = "";
        for (var i = 0; i < 200 && answer != expected; i++)
        {
            answer = await client.AskAsync();
        }

        answer.Should().Be(expected);
    }

    private static void Serve(TestControlPlane plane, int port)
    {
        plane.Set("1", $$"""
            "@type": type.googleapis.com/{{DiscoveredProxy.ListenerType}}
            name: main
            api_listener:
              api_listener:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: client
                rds: {route_config_name: routes, config_source: {ads: {}, resource_api_version: V3} }
                http_filters:
                - name: router
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """);
        plane.Set("1", DiscoveredProxy.Routes("app"));
        plane.Set("1", $$"""
            "@type": type.googleapis.com/{{DiscoveredProxy.ClusterType}}
            name: app
            type: EDS
            eds_cluster_config: {eds_config: {ads: {}, resource_api_version: V3} }
            """);
        plane.Set("1", DiscoveredProxy.Hosts(port));
    }

    private static async Task<string> BootstrapAsync(TestControlPlane plane)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, $$"""
            {
              "xds_servers": [{"server_uri": "127.0.0.1:{{plane.GrpcPort}}", "channel_creds": [{"type": "insecure"}], "server_features": ["xds_v3"]}],
              "node": {"id": "client-1", "locality": {"zone": "z"} }
            }
            """);
        return path;
    }

    private static async Task<WebApplication> StartServiceAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new EchoService(name));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<EchoService>, Methods>());
        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        return app;
    }

    private sealed class EchoService(string name)
    {
        public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);
    }

    private sealed class Methods : IServiceMethodProvider<EchoService>
    {
        private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<EchoService> context) => context.AddUnaryMethod(
            new Method<byte[], byte[]>(MethodType.Unary, "test.Echo", "Name", Bytes, Bytes),
            [],
            static (service, _, _) => Task.FromResult(service.Name));
    }
}
