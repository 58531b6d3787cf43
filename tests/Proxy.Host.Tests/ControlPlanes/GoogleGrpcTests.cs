using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Testing;
using Proxy.Host.Tests.Embedding;
using Proxy.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>Control planes that no cluster leads to (<c>google_grpc</c>).</summary>
[Category("Loopback")]
public sealed class GoogleGrpcTests
{
    private const string Cluster =
        """
        "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
        name: app
        """;

    [Test]
    public async Task PlainText_BringsClusters_AndCountsStreams()
    {
        await using var plane = await TestControlPlane.StartAsync();
        plane.Set("1", Cluster);

        await using var app = await StartAsync($"target_uri: 127.0.0.1:{plane.GrpcPort}, stat_prefix: plane");

        app.Proxy().Clusters.Contains("app").Should().BeTrue();
        Count(app, "streams_total").Should().Be(1);
        plane.DropStreams();
        await DiscoveredProxy.WaitAsync(() => Count(app, "streams_total") == 2, "the stream is opened again");
    }

    [Test]
    public async Task Tls_OfATrustedAuthority_SendsTheToken()
    {
        await using var plane = await TestControlPlane.StartAsync(Certificate("localhost"));
        plane.RequiredAuthorization = "Bearer s3cret";
        plane.Set("1", Cluster);

        await using var app = await StartAsync(
            $"target_uri: 'dns:///localhost:{plane.GrpcPort}', stat_prefix: plane, channel_credentials: {{ssl_credentials: {Trust()}}}, call_credentials: [{{access_token: s3cret}}]");

        app.Proxy().Clusters.Contains("app").Should().BeTrue();
    }

    [TestCase("localhost", "wrong", 16, Description = "UNAUTHENTICATED")]
    [TestCase("other.test", "s3cret", 14, Description = "UNAVAILABLE: the certificate is another's")]
    public async Task Tls_WrongTokenOrName_BringsNothing(string name, string token, int status)
    {
        await using var plane = await TestControlPlane.StartAsync(Certificate(name));
        plane.RequiredAuthorization = "Bearer s3cret";
        plane.Set("1", Cluster);

        await using var app = await StartAsync(
            $"target_uri: 'localhost:{plane.GrpcPort}', stat_prefix: plane, channel_credentials: {{ssl_credentials: {Trust()}}}, call_credentials: [{{access_token: {token}}}]");

        await DiscoveredProxy.WaitAsync(() => Count(app, $"streams_closed_{status}") > 0, "the stream cannot be opened");
        app.Proxy().Clusters.Contains("app").Should().BeFalse();
    }

    [Test]
    public async Task AnswerAboveTheLimit_EndsTheStreamAndIsNotTaken()
    {
        await using var plane = await TestControlPlane.StartAsync();
        plane.Set("1", [TestResource.Raw("envoy.config.cluster.v3.Cluster", "app", new byte[NodeLimits.MaxBytes + 1])]);

        await using var app = await StartAsync($"target_uri: 127.0.0.1:{plane.GrpcPort}, stat_prefix: plane");

        await DiscoveredProxy.WaitAsync(() => Count(app, "streams_closed_8") > 0, "RESOURCE_EXHAUSTED");
        app.Proxy().Clusters.Contains("app").Should().BeFalse();
    }

    private static X509Certificate2 Certificate(string name)
    {
        var made = TestCertificates.Create(name, dns: [name]);
        using var pem = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(made.Chain.Bytes.AsSpan()), Encoding.ASCII.GetString(made.PrivateKey.Bytes.AsSpan()));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string Trust() => $"{{root_certs: {{inline_bytes: {Convert.ToBase64String(TestCertificates.Authority.Bytes.AsSpan())}}}}}";

    private static async Task<ProxyApplication> StartAsync(string google)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(path, $$"""
            node: {id: a, cluster: c}
            dynamic_resources:
              cds_config:
                initial_fetch_timeout: 1s
                resource_api_version: V3
                api_config_source: {api_type: GRPC, transport_api_version: V3, grpc_services: [{google_grpc: { {{google}} } }]}
            """);
        try
        {
            return await ProxyApplication.StartAsync(services =>
            {
                services.AddLogging();
                services.AddProxy().AddFilters().AddBootstrapFile(path).AddGrpcControlPlanes();
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Count(ProxyApplication app, string name) => app.Proxy().Stats.Reader.Read(full => full == "grpc.plane." + name).Counters.Single().Value;
}
