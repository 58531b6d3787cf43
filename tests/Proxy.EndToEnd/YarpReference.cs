using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Proxy.EndToEnd;

/// <summary>
/// YARP as one would configure it for speed: one route, one destination, no logging. HTTP/1.1 on its port, HTTP/2 on the third behind it, on the fourth
/// HTTP/2 to an upstream that speaks it, too, on the fifth HTTP/1.1 over TLS, and on the sixth HTTP/2 to a gRPC service.
/// </summary>
internal static class YarpReference
{
    public static int Run(int port, int upstreamPort, int http2UpstreamPort, int grpcPort, string chain, string key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port);
            kestrel.ListenLocalhost(port + 3, static options => options.Protocols = HttpProtocols.Http2);
            kestrel.ListenLocalhost(port + 4, static options => options.Protocols = HttpProtocols.Http2);
            kestrel.ListenLocalhost(port + 5, options => options.UseHttps(X509Certificate2.CreateFromPemFile(chain, key)));
            kestrel.ListenLocalhost(port + 6, static options => options.Protocols = HttpProtocols.Http2);
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddReverseProxy().LoadFromMemory(
            [
                new RouteConfig { RouteId = "http2", ClusterId = "upstream2", Order = 0, Match = new RouteMatch { Path = "{**any}", Hosts = [$"*:{port + 4}"] } },
                new RouteConfig { RouteId = "grpc", ClusterId = "grpc", Order = 0, Match = new RouteMatch { Path = "{**any}", Hosts = [$"*:{port + 6}"] } },
                new RouteConfig { RouteId = "all", ClusterId = "upstream", Order = 1, Match = new RouteMatch { Path = "{**any}" } },
            ],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = $"http://127.0.0.1:{upstreamPort}" } },
                },
                new ClusterConfig
                {
                    ClusterId = "upstream2",
                    HttpRequest = new ForwarderRequestConfig { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = $"http://127.0.0.1:{http2UpstreamPort}" } },
                },
                new ClusterConfig
                {
                    ClusterId = "grpc",
                    HttpRequest = new ForwarderRequestConfig { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = $"http://127.0.0.1:{grpcPort}" } },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        app.Run();
        return 0;
    }
}
