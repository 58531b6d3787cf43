using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Host.Tests.Embedding;
using Proxy.Workers;

namespace Proxy.Host.Tests.Peers;

/// <summary>nghttpd behind the proxy and h2load in front of it: an implementation of HTTP/2 that is not ours on either side.</summary>
[Category("Loopback")]
public sealed class Http2PeerTests
{
    [Test]
    public async Task Upstream_ManyAtOnce_ShareOneConnection()
    {
        await using var nghttpd = await Nghttpd.StartAsync();
        await using var app = await ProxyTo(nghttpd.Port);
        await File.WriteAllTextAsync(nghttpd.FileOf("hello"), "hello from afar");
        using var client = Client(app, HttpVersion.Version11);

        await client.GetStringAsync("/hello");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetStringAsync("/hello")));

        answers.Should().OnlyContain(static answer => answer == "hello from afar");
        Connections(app).Should().Be(1);
    }

    [Test]
    public async Task Upstream_TakesFewStreams_GetsMoreConnections()
    {
        await using var nghttpd = await Nghttpd.StartAsync("--max-concurrent-streams=4");
        await using var app = await ProxyTo(nghttpd.Port);
        await File.WriteAllBytesAsync(nghttpd.FileOf("large"), new byte[200_000]);
        using var client = Client(app, HttpVersion.Version11);

        await client.GetByteArrayAsync("/large");
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.GetByteArrayAsync("/large")));

        answers.Should().OnlyContain(static answer => answer.Length == 200_000);
        Connections(app).Should().BeGreaterThan(1);
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task LargeBodies_BothWays_ArriveWhole(string version)
    {
        await using var nghttpd = await Nghttpd.StartAsync("--echo-upload");
        await using var app = await ProxyTo(nghttpd.Port);
        using var client = Client(app, Version.Parse(version));
        var body = RandomNumberGenerator.GetBytes(12 * 1024 * 1024);

        using var answer = await client.PostAsync("/echo", new ByteArrayContent(body));

        SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()).Should().Equal(SHA256.HashData(body));
    }

    [Test]
    public async Task Front_ManyStreamsOfManyClients_AreAllAnswered()
    {
        await using var nghttpd = await Nghttpd.StartAsync();
        await using var app = await ProxyTo(nghttpd.Port);
        await File.WriteAllTextAsync(nghttpd.FileOf("hello"), "hello");

        var report = await PeerProcess.RunAsync(PeerProcess.Find("h2load"), "-n", "4000", "-c", "8", "-m", "32", $"http://{app.EndPointOf()}/hello");

        report.Should().Contain("4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout");
    }

    [Test]
    public async Task Upstream_IsRestarted_ServesTheNextRequests()
    {
        var port = PeerProcess.FreePort();
        await using var app = await ProxyTo(port);
        using var client = Client(app, HttpVersion.Version11);
        for (var i = 0; i < 3; i++)
        {
            await using var nghttpd = await Nghttpd.StartOnAsync(port);
            await File.WriteAllTextAsync(nghttpd.FileOf("hello"), $"hello {i}");

            (await client.GetStringAsync("/hello")).Should().Be($"hello {i}");
        }
    }

    private static long Connections(ProxyApplication app)
    {
        var group = app.Proxy().Stats.Snapshot().Single(static group => group.Prefix == "cluster.service." && group.Schema.Counters.Contains("upstream_cx_http2_total"));
        var total = group.Schema.Counters.ToList().IndexOf("upstream_cx_http2_total");
        return app.Proxy().Workers.Workers.Sum(worker => group.Shard(worker).Read(new Proxy.Stats.CounterId(total)));
    }

    private static HttpClient Client(ProxyApplication app, Version version) => new()
    {
        BaseAddress = new Uri($"http://{app.EndPointOf()}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static Task<ProxyApplication> ProxyTo(int port)
    {
        return ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Workers = new WorkerOptions { Concurrency = 1 }; // each has connections of its own
            proxy.Clusters.Add(new ClusterConfig
            {
                Name = "service",
                Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(port))] }],
                Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Http2 },
            });
            proxy.Listeners.Add(Configs.Http(new ForwardActionConfig { Cluster = "service" }));
        }).AddFilters());
    }

    /// <summary>The server of the nghttp2 project, without TLS.</summary>
    private sealed class Nghttpd : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder;
        private readonly PeerProcess _process;

        private Nghttpd(DirectoryInfo folder, PeerProcess process, int port)
        {
            _folder = folder;
            _process = process;
            Port = port;
        }

        public int Port { get; }

        public static Task<Nghttpd> StartAsync(params string[] options) => StartOnAsync(PeerProcess.FreePort(), options);

        public static async Task<Nghttpd> StartOnAsync(int port, params string[] options)
        {
            var program = PeerProcess.Find("nghttpd");
            var folder = Directory.CreateTempSubdirectory("proxy-nghttpd-");
            string[] arguments = ["--no-tls", "--address=127.0.0.1", "-d", folder.FullName, .. options, port.ToString(CultureInfo.InvariantCulture)];
            return new Nghttpd(folder, await PeerProcess.StartAsync(port, "TERM", program, arguments), port);
        }

        public string FileOf(string name) => Path.Combine(_folder.FullName, name);

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }
}
