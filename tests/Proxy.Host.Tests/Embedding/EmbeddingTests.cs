using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Host.Tests.Embedding;

/// <summary>Proxies inside applications, over loopback.</summary>
[Category("Loopback")]
public sealed class EmbeddingTests
{
    [Test]
    public async Task AddProxy_ConfiguredInCode_ServesWhileTheHostRuns()
    {
        EndPoint endPoint;
        await using (var app = await ProxyApplication.StartAsync(services => services.AddProxy(proxy => proxy.Listeners.Add(Configs.Answering("hello"))).AddFilters()))
        {
            (await app.GetAsync()).Should().Be("hello");
            endPoint = app.EndPointOf();
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connect = async () => await socket.ConnectAsync(endPoint);
        await connect.Should().ThrowAsync<SocketException>("the host has stopped");
    }

    [Test]
    public async Task AddProxy_Twice_RunsTwoProxiesBesideEachOther()
    {
        await using var app = await ProxyApplication.StartAsync(static services =>
        {
            services.AddProxy("edge", static proxy => proxy.Listeners.Add(Configs.Answering("edge"))).AddFilters();
            services.AddProxy("inner", static proxy => proxy.Listeners.Add(Configs.Answering("inner"))).AddFilters();
        });

        (await app.GetAsync(name: "edge")).Should().Be("edge");
        (await app.GetAsync(name: "inner")).Should().Be("inner");
        app.Proxy("edge").Stats.Should().NotBeSameAs(app.Proxy("inner").Stats);
    }

    [Test]
    public async Task AddHttpFilter_NeedsAServiceAndAwaits_AnswersOnItsWorker()
    {
        await using var app = await ProxyApplication.StartAsync(static services =>
        {
            services.AddSingleton(new Greeting("good morning"));
            services.AddProxy(static proxy => proxy.Listeners.Add(Configs.Answering("never", new FilterConfig("greeting", new GreetingConfig()))))
                .AddFilters()
                .AddHttpFilter<GreetingFilterFactory>();
        });

        (await app.GetAsync()).Should().Be("good morning");
    }

    [Test]
    public async Task AddBootstrap_ConfigurationChanges_FollowsGoodOnesAndKeepsTheLastGoodState()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(Bootstrap("first")).Build();
        await using var app = await ProxyApplication.StartAsync(services =>
            services.AddProxy().AddFilters().AddBootstrap(settings.GetSection("proxy")));
        (await app.GetAsync()).Should().Be("first");

        Change(settings, "direct_response:status", "9999");
        (await app.GetAsync()).Should().Be("first", "a status must be between 200 and 599");

        Change(settings, "direct_response:status", "200");
        Change(settings, "direct_response:body:inline_string", "second");
        await WaitForAsync(async () => await app.GetAsync() == "second");
    }

    [Test]
    public async Task StartAsync_FaultyConfiguration_NamesEveryFaultAndLeavesNothingOpen()
    {
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var start = () => ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Listeners.Add(Configs.Answering("x") with { Name = "free" });
            proxy.Listeners.Add(Configs.Answering("x") with { Addresses = [AddressConfig.Loopback(port)], ReusePort = false });
        }).AddFilters());

        (await start.Should().ThrowAsync<ConfigException>()).Which.Message.Should().Contain($"127.0.0.1:{port}");
        taken.Stop();
    }

    [Test]
    public async Task AddProxy_BesideAspNetCore_ForwardsToItInTheSameProcess()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await using var web = builder.Build();
        web.Run(static async context => await context.Response.WriteAsync($"kestrel saw {context.Request.Headers["x-forwarded-proto"]}"));
        await web.StartAsync();
        var service = new Uri(web.Urls.Single());

        await using var app = await ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Clusters.Add(Cluster(AddressConfig.Loopback(service.Port)));
            proxy.Listeners.Add(Configs.Http(new ForwardActionConfig { Cluster = "service" }));
        }).AddFilters());

        (await app.GetAsync("/any")).Should().Be("kestrel saw http");
    }

    [Test]
    public async Task Listener_UnixSocket_IsServed()
    {
        var path = Path.Combine(Path.GetTempPath(), $"proxy-{Guid.NewGuid():N}.sock");
        var listener = Configs.Answering("over a path") with { Addresses = [new PipeAddressConfig(path)] };
        await using (await ProxyApplication.StartAsync(services => services.AddProxy(proxy => proxy.Listeners.Add(listener)).AddFilters()))
        {
            using var client = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
            (await client.GetStringAsync("http://socket/")).Should().Be("over a path");
        }

        File.Delete(path);
    }

    [Test]
    public async Task Upstream_RestartedUnderLoad_NeverShowsAStaleConnectionToAClient()
    {
        await using var upstream = new RestartableUpstream();
        await using var app = await ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Clusters.Add(Cluster(AddressConfig.Loopback(upstream.Port)));
            proxy.Listeners.Add(Configs.Http(new ForwardActionConfig { Cluster = "service" }));
        }).AddFilters());
        using var client = new HttpClient { BaseAddress = new Uri($"http://{app.EndPointOf()}") };

        for (var round = 0; round < 5; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync("/")));
            answers.Should().OnlyContain(static text => text == "ok");
            upstream.Restart();
        }
    }

    private static ClusterConfig Cluster(AddressConfig address) => new()
    {
        Name = "service",
        Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(address)] }],
    };

    private static Dictionary<string, string?> Bootstrap(string text)
    {
        const string Manager = "proxy:static_resources:listeners:0:filter_chains:0:filters:0:typed_config:";
        const string Route = Manager + "route_config:virtual_hosts:0:routes:0:";
        const string Type = "type.googleapis.com/envoy.extensions.filters.";
        return new Dictionary<string, string?>
        {
            ["proxy:static_resources:listeners:0:name"] = "main",
            ["proxy:static_resources:listeners:0:address:socket_address:address"] = "127.0.0.1",
            ["proxy:static_resources:listeners:0:address:socket_address:port_value"] = "0",
            ["proxy:static_resources:listeners:0:filter_chains:0:filters:0:name"] = "http",
            [Manager + "@type"] = Type + "network.http_connection_manager.v3.HttpConnectionManager",
            [Manager + "stat_prefix"] = "main",
            [Manager + "http_filters:0:name"] = "router",
            [Manager + "http_filters:0:typed_config:@type"] = Type + "http.router.v3.Router",
            [Manager + "route_config:virtual_hosts:0:name"] = "all",
            [Manager + "route_config:virtual_hosts:0:domains:0"] = "*",
            [Route + "match:prefix"] = "/",
            [Route + "direct_response:status"] = "200",
            [Route + "direct_response:body:inline_string"] = text,
        };
    }

    private static void Change(IConfigurationRoot settings, string key, string value)
    {
        settings["proxy:static_resources:listeners:0:filter_chains:0:filters:0:typed_config:route_config:virtual_hosts:0:routes:0:" + key] = value;
        settings.Reload();
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
