using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration.Tls;
using Proxy.Discovery.Bootstrap;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration of docs/tls.md, loaded and served.</summary>
public sealed class TlsPageTests
{
    private static readonly TlsCertificateConfig Server = TestCertificates.Create("app.test", ["app.test"]);

    [Test]
    public void Tls_Configuration_DoesWhatThePageSays()
    {
        using var provider = Provider();
        using var proxy = TestProxy.Start(provider);

        Ask(proxy, "app.test", TestCertificates.Create("client", uri: "spiffe://test/client"))
            .Should().StartWith("HTTP/1.1 200").And.Contain("x-client: spiffe://test/client over TLSv1.3").And.EndWith("hello");
        Ask(proxy, "app.test", TestCertificates.Create("client", uri: "spiffe://other/client")).Should().Contain("CERTIFICATE_UNKNOWN");
        Ask(proxy, "app.test", TestCertificates.Create("client", uri: "spiffe://test/client", stranger: true)).Should().Contain("UNKNOWN_CA");
        Ask(proxy, "app.test", null).Should().Contain("CERTIFICATE_REQUIRED");
        Ask(proxy, "other.test", null).Should().Be("closed");
    }

    private static ServiceProvider Provider()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "tls.md"));
        var start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        var yaml = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        var result = BootstrapLoader.Load("page.yaml", null, new BootstrapOptions
        {
            ReadFile = name => name switch
            {
                "/etc/proxy/server.pem" => Bytes(Server.Chain),
                "/etc/proxy/server.key" => Bytes(Server.PrivateKey),
                "/etc/proxy/ca.pem" => Bytes(TestCertificates.Authority),
                _ => Encoding.UTF8.GetBytes(yaml),
            },
        });
        result.Faults.Should().BeEmpty();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(options => options.Add(result.Config!)).AddFilters();
        return services.BuildServiceProvider();
    }

    private static byte[] Bytes(TlsBytes bytes) => bytes.Bytes.AsSpan().ToArray();

    // The answer, or why there is none.
    private static string Ask(TestProxy proxy, string serverName, TlsCertificateConfig? certificate)
    {
        var context = TlsEngine.OpenSsl.CreateClient(new UpstreamTlsConfig
        {
            Common = new CommonTlsConfig
            {
                Certificates = certificate is null ? [] : [certificate],
                Parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls13 },
                ApplicationProtocols = ["http/1.1"],
            },
        });
        using var session = context.CreateSession(new TlsSessionOptions { ServerName = serverName });
        var peer = proxy.Connect(IPEndPoint.Parse("127.0.0.1:10000"));
        var output = new TlsOutput();
        var room = new byte[16 * 1024];
        var text = "";
        var done = false;
        for (var turn = 0; turn < 10 && !text.EndsWith("hello", StringComparison.Ordinal); turn++)
        {
            var input = peer.Received;
            peer.Take();
            var status = done ? session.Read(input, out _, room, out var count, output) : session.Handshake(input, out _, output, out count);
            if (status == TlsStatus.Failed)
            {
                return session.FailureReason;
            }

            text += Encoding.ASCII.GetString(room, 0, count);
            if (!done && status == TlsStatus.Done)
            {
                done = true;
                session.Write("GET / HTTP/1.1\r\nhost: app.test\r\n\r\n"u8, output);
            }

            peer.Send(output.Written);
            output.Clear();
        }

        return text.Length > 0 ? text : "closed";
    }
}

/// <summary>Lets handshakes be written like reads.</summary>
internal static class TlsSessionExtensions
{
    public static TlsStatus Handshake(this TlsSession session, ReadOnlySpan<byte> input, out int used, TlsOutput output, out int count)
    {
        count = 0;
        return session.Handshake(input, out used, output);
    }
}
