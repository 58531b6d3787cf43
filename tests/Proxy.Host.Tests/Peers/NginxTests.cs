using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Host.Tests.Embedding;
using Proxy.Stats;

namespace Proxy.Host.Tests.Peers;

/// <summary>nginx behind the proxy, and in front of it.</summary>
[Category("Loopback")]
public sealed class NginxTests
{
    private const int LargeBytes = 24 * 1024 * 1024;

    [Test]
    public async Task Upstream_ManyRequests_ShareAFewConnections()
    {
        await using var nginx = await Nginx.StartAsync("location / { return 200 \"$connection $request_uri\"; }");
        await using var app = await ProxyTo(nginx.Port);
        using var client = Client(app);

        var connections = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var answer = (await client.GetStringAsync($"/n{i}")).Split(' ');
            connections.Add(answer[0]);
            answer[1].Should().Be($"/n{i}");
        }

        connections.Should().ContainSingle("the pool keeps the connection");
    }

    [Test]
    public async Task Upstream_LargeFileUpAndDown_ArrivesWhole()
    {
        await using var nginx = await Nginx.StartAsync("root ROOT; client_max_body_size 100m; dav_methods PUT;");
        await using var app = await ProxyTo(nginx.Port);
        using var client = Client(app);
        var file = RandomNumberGenerator.GetBytes(LargeBytes);

        using var put = await client.PutAsync("/up.bin", new ByteArrayContent(file));

        put.StatusCode.Should().Be(HttpStatusCode.Created);
        SHA256.HashData(await File.ReadAllBytesAsync(nginx.FileOf("up.bin"))).Should().Equal(SHA256.HashData(file));
        SHA256.HashData(await client.GetByteArrayAsync("/up.bin")).Should().Equal(SHA256.HashData(file));
        using var part = new HttpRequestMessage(HttpMethod.Get, "/up.bin") { Headers = { Range = new RangeHeaderValue(1000, 2999) } };
        using var answer = await client.SendAsync(part);
        answer.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        (await answer.Content.ReadAsByteArrayAsync()).Should().Equal(file[1000..3000]);
    }

    [Test]
    public async Task Upstream_ChunkedBothWays_ArrivesWhole()
    {
        await using var nginx = await Nginx.StartAsync("root ROOT; client_max_body_size 100m; dav_methods PUT; gzip on; gzip_types *; gzip_min_length 1;");
        await using var app = await ProxyTo(nginx.Port);
        using var client = Client(app);
        var text = string.Join('\n', Enumerable.Range(0, 50_000));
        using var upload = new HttpRequestMessage(HttpMethod.Put, "/text") { Content = new StringContent(text), Headers = { TransferEncodingChunked = true } };

        using var put = await client.SendAsync(upload);
        put.StatusCode.Should().Be(HttpStatusCode.Created);
        (await File.ReadAllTextAsync(nginx.FileOf("text"))).Should().Be(text);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/text") { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("gzip") } } };
        using var answer = await client.SendAsync(request);
        answer.Headers.TransferEncodingChunked.Should().BeTrue("nginx does not know how long it gets");
        await using var unpacked = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        (await reader.ReadToEndAsync()).Should().Be(text);
    }

    [Test]
    public async Task Upstream_RestartedUnderLoad_ShowsNobodyAStaleConnection()
    {
        await using var nginx = await Nginx.StartAsync("location / { return 200 fine; }");
        await using var app = await ProxyTo(nginx.Port);
        using var client = Client(app);
        using var stop = new CancellationTokenSource();

        var load = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                using var answer = await client.GetAsync("/");
                var text = await answer.Content.ReadAsStringAsync();
                (answer.StatusCode, text).Should().Be((HttpStatusCode.OK, "fine"));
                count++;
            }

            return count;
        })).ToList();
        for (var restart = 0; restart < 6; restart++)
        {
            await Task.Delay(300);
            await nginx.ReloadAsync();
        }

        await Task.Delay(300);
        await stop.CancelAsync();
        (await Task.WhenAll(load)).Sum().Should().BeGreaterThan(200);
    }

    [Test]
    public async Task Upload_AnsweredWhileItComes_PassesBothWaysAtOnce()
    {
        await using var service = Echo();
        await service.StartAsync();
        await using var app = await ProxyTo(new Uri(service.Urls.Single()).Port);
        using var client = Client(app);
        var body = RandomNumberGenerator.GetBytes(LargeBytes / 4);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var upload = new HttpRequestMessage(HttpMethod.Post, "/stream") { Content = new ByteArrayContent(body), Headers = { TransferEncodingChunked = true } };
            using var answer = await client.SendAsync(upload);
            return SHA256.HashData(await answer.Content.ReadAsByteArrayAsync());
        }));

        answers.Should().AllSatisfy(hash => hash.Should().Equal(SHA256.HashData(body)));
    }

    [Test]
    public async Task Front_ChunkedUploadAndLargeAnswer_PassThroughAFewConnections()
    {
        await using var service = Echo();
        await service.StartAsync();
        await using var app = await ProxyTo(new Uri(service.Urls.Single()).Port);
        await using var nginx = await Nginx.StartAsync(
            "client_max_body_size 100m; location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_request_buffering off; }",
            $"upstream behind {{ server {app.EndPointOf()}; keepalive 4; }}");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        var body = RandomNumberGenerator.GetBytes(LargeBytes / 4);

        using var upload = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new ByteArrayContent(body), Headers = { TransferEncodingChunked = true } };
        using var answer = await client.SendAsync(upload);
        SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()).Should().Equal(SHA256.HashData(body));
        for (var i = 0; i < 50; i++)
        {
            (await client.GetStringAsync("/hello")).Should().Be("hello");
        }

        Connections(app).Should().BeLessThanOrEqualTo(4, "nginx keeps its connections to the proxy");
    }

    private static long Connections(ProxyApplication app)
    {
        var group = app.Proxy().Stats.Snapshot().Single(static group => group.Prefix == "http.main." && group.Schema.Counters.Contains("downstream_cx_total"));
        var total = group.Schema.Counters.ToList().IndexOf("downstream_cx_total");
        return app.Proxy().Workers.Workers.Sum(worker => group.Shard(worker).Read(new CounterId(total)));
    }

    private static HttpClient Client(ProxyApplication app) => new() { BaseAddress = new Uri($"http://{app.EndPointOf()}") };

    private static Task<ProxyApplication> ProxyTo(int port)
    {
        return ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Clusters.Add(new ClusterConfig
            {
                Name = "service",
                Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(port))] }],
            });
            proxy.Listeners.Add(Configs.Http(new ForwardActionConfig { Cluster = "service" }));
        }).AddFilters());
    }

    private static WebApplication Echo()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(static (KestrelServerOptions options) => options.Limits.MaxRequestBodySize = null);
        builder.Services.AddRoutingCore();
        var web = builder.Build();
        web.Run(static context => context.Request.Path.Value switch
        {
            "/echo" => EchoAsync(context),
            "/stream" => context.Request.Body.CopyToAsync(context.Response.Body),
            _ => context.Response.WriteAsync("hello"),
        });
        return web;

        // The whole request first: an nginx in front stops reading its client, now and then for good, once an answer has begun.
        static async Task EchoAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            body.Position = 0;
            await body.CopyToAsync(context.Response.Body);
        }
    }
}
