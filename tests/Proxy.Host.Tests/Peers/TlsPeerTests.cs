using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;
using Proxy.Host.Tests.Embedding;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Host.Tests.Peers;

/// <summary>Servers of other makers behind the proxy, over TLS: they choose HTTP/2 in the handshake.</summary>
[Category("Loopback")]
[TestFixture("caddy")]
[TestFixture("h2o")]
[TestFixture("nghttpd")]
[TestFixture("nginx")]
public sealed class TlsPeerTests(string maker)
{
    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Bodies_SmallAndLarge_ArriveWhole(string version)
    {
        await using var server = await TlsServer.StartAsync(maker);
        await using var app = await ProxyTo(server.Port);
        using var client = Client(app, Version.Parse(version));
        var large = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
        await File.WriteAllTextAsync(server.FileOf("small"), "hello");
        await File.WriteAllBytesAsync(server.FileOf("large"), large);

        (await client.GetStringAsync("/small")).Should().Be("hello");
        SHA256.HashData(await client.GetByteArrayAsync("/large")).Should().Equal(SHA256.HashData(large));
        (await client.GetAsync("/nothing")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        Count(app, "cluster.service.upstream_cx_http2_total").Should().Be(1);
        Count(app, "cluster.service.ssl.handshake").Should().Be(1);
    }

    [Test]
    public async Task ManyAtOnce_ShareOneConnection()
    {
        await using var server = await TlsServer.StartAsync(maker);
        await using var app = await ProxyTo(server.Port);
        using var client = Client(app, HttpVersion.Version11);
        await File.WriteAllTextAsync(server.FileOf("small"), "hello");

        await client.GetStringAsync("/small");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetStringAsync("/small")));

        answers.Should().OnlyContain(static answer => answer == "hello");
        Count(app, "cluster.service.upstream_cx_total").Should().Be(1);
    }

    [Test]
    public async Task StrangersCertificate_IsRefused()
    {
        await using var server = await TlsServer.StartAsync(maker);
        await using var app = await ProxyTo(server.Port, trusts: TestCertificates.Stranger);
        using var client = Client(app, HttpVersion.Version11);

        (await client.GetAsync("/small")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        Count(app, "cluster.service.ssl.fail_verify_error").Should().Be(1);
    }

    [Test]
    public async Task MatchedHost_IsSpokenToOverTls()
    {
        await using var server = await TlsServer.StartAsync(maker);
        await using var app = await StartAsync(Matched(server.Port), Configs.Http(new ForwardActionConfig { Cluster = "service" }));
        using var client = Client(app, HttpVersion.Version11);
        await File.WriteAllTextAsync(server.FileOf("small"), "hello");

        (await client.GetStringAsync("/small")).Should().Be("hello");
        Count(app, "cluster.service.transport_socket_match.mesh.total_match_count").Should().Be(1);
        Count(app, "cluster.service.upstream_cx_http2_total").Should().Be(1);
    }

    [Test]
    public async Task MatchedHost_BehindTcpProxy_IsSpokenToOverTls()
    {
        await using var server = await TlsServer.StartAsync(maker);
        var listener = new ListenerConfig
        {
            Name = "main",
            Addresses = [AddressConfig.Loopback(0)],
            FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("tcp", new TcpProxyConfig { StatPrefix = "tcp", Cluster = "service" })] }],
        };
        await using var app = await StartAsync(Matched(server.Port), listener);
        using var client = Client(app, HttpVersion.Version20);
        await File.WriteAllTextAsync(server.FileOf("small"), "hello");

        (await client.GetStringAsync("/small")).Should().Be("hello");
        Count(app, "cluster.service.ssl.handshake").Should().Be(1);
    }

    private static long Count(ProxyApplication app, string name) =>
        (long)new StatsReader(app.Proxy().Stats).Read(known => known == name).Counters.Sum(static counter => counter.Value);

    private static HttpClient Client(ProxyApplication app, Version version) => new()
    {
        BaseAddress = new Uri($"http://{app.EndPointOf()}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static Task<ProxyApplication> ProxyTo(int port, TlsBytes? trusts = null) => StartAsync(
        new ClusterConfig
        {
            Name = "service",
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(port))] }],
            Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Negotiated },
            Transport = new UpstreamTransportConfig { Tls = Tls(trusts ?? TestCertificates.Authority) },
        },
        Configs.Http(new ForwardActionConfig { Cluster = "service" }));

    // Plain text, but for hosts of the mesh.
    private static ClusterConfig Matched(int port)
    {
        var endpoint = new EndpointConfig(AddressConfig.Loopback(port)) { Metadata = [KeyValuePair.Create("envoy.transport_socket_match", """{"mesh":true}""")] };
        var tls = Tls(TestCertificates.Authority);
        return new ClusterConfig
        {
            Name = "service",
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [endpoint] }],
            Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Http2 },
            TransportMatches =
            [
                new TransportMatchConfig("mesh", """{"mesh":true}""", new UpstreamTransportConfig { Tls = tls with { Common = tls.Common with { ApplicationProtocols = ["h2"] } } }),
            ],
        };
    }

    private static UpstreamTlsConfig Tls(TlsBytes trusts) => new()
    {
        Common = new CommonTlsConfig
        {
            Validation = new TlsValidationConfig { TrustedCa = trusts },
            Parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls13 },
        },
        ServerName = TlsServer.Name,
        ValidateServerName = true,
    };

    private static Task<ProxyApplication> StartAsync(ClusterConfig cluster, ListenerConfig listener)
    {
        return ProxyApplication.StartAsync(services => services.AddProxy(proxy =>
        {
            proxy.Workers = new WorkerOptions { Concurrency = 1 }; // each has connections of its own
            proxy.Clusters.Add(cluster);
            proxy.Listeners.Add(listener);
        }).AddFilters());
    }
}
