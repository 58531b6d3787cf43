using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration.Tls;
using Proxy.Host.Tests.Embedding;
using Proxy.Testing;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>A listener whose certificate comes from a watched file.</summary>
[Category("Loopback")]
public sealed class SecretFileTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("secrets").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Proxy_FollowsTheFile_AndRefusesWhatCannotBeUsed()
    {
        var (a, b) = (TestCertificates.Create("a.test"), TestCertificates.Create("b.test"));
        Put("1", a);
        await using var app = await StartAsync();
        (await SubjectAsync(app)).Should().Be("CN=a.test");

        Put("2", b);
        await WaitAsync(async () => await SubjectAsync(app) == "CN=b.test");

        Put("3", a with { PrivateKey = b.PrivateKey });
        await WaitAsync(() => Task.FromResult(Count(app, "update_rejected") == 1));
        (await SubjectAsync(app)).Should().Be("CN=b.test");
        Count(app, "update_success").Should().Be(2);
    }

    // Moved into place, which is what watches look for.
    private void Put(string version, TlsCertificateConfig certificate)
    {
        var path = Path.Combine(_folder, "next.json");
        File.WriteAllText(path, $$$"""
            {"version_info": "{{{version}}}", "resources": [{
              "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", "name": "own",
              "tls_certificate": {"certificate_chain": {"inline_string": {{{Text(certificate.Chain)}}} }, "private_key": {"inline_string": {{{Text(certificate.PrivateKey)}}} } } } ]}
            """);
        File.Move(path, Path.Combine(_folder, "secrets.json"), overwrite: true);
    }

    private static string Text(TlsBytes bytes) => $"\"{JsonEncodedText.Encode(Encoding.ASCII.GetString(bytes.Bytes.AsSpan()))}\"";

    private async Task<ProxyApplication> StartAsync()
    {
        var path = Path.Combine(_folder, "envoy.yaml");
        await File.WriteAllTextAsync(path, $$$"""
            node: {id: here, cluster: c}
            static_resources:
              listeners:
              - name: main
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - transport_socket:
                    name: tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      common_tls_context:
                        tls_certificate_sds_secret_configs:
                        - {name: own, sds_config: {path_config_source: {path: {{{_folder}}}/secrets.json}, resource_api_version: V3}}
                  filters:
                  - name: echo
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}
            """);
        return await ProxyApplication.StartAsync(services =>
        {
            services.AddLogging();
            services.AddProxy().AddFilters().AddBootstrapFile(path);
        });
    }

    private static async Task<string> SubjectAsync(ProxyApplication app)
    {
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)app.EndPointOf());
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate?.Issuer == "CN=Test CA");
        await tls.AuthenticateAsClientAsync("app.test").WaitAsync(Patience);
        return tls.RemoteCertificate!.Subject;
    }

    private static double Count(ProxyApplication app, string name) => app.Proxy().Stats.Reader.Read(full => full == "sds.own." + name).Counters.Single().Value;

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.Should().BeLessThan(Patience);
            await Task.Delay(20);
        }
    }
}
