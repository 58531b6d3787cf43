using Proxy.Configuration.Tls;
using Proxy.Stats;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class CertificateExpiryTests(string engineName)
{
    private static readonly DateTimeOffset Soon = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TlsEngine _engine = TlsFixture.Engine(engineName);
    private readonly StatsStore _stats = new();

    [Test]
    public void Gauges_TellWhenCertificatesEnd_ByTheNamesOfSecrets()
    {
        Compile(new CommonTlsConfig
        {
            Certificates = [TestCertificates.Create("server.test", until: Soon) with { Name = "site" }],
            Validation = new TlsValidationConfig { TrustedCa = TestCertificates.Authority, Name = "roots" },
        });

        Gauges().Should().BeEquivalentTo(new Dictionary<string, long> { ["site"] = Soon.ToUnixTimeSeconds(), ["roots"] = Later.ToUnixTimeSeconds() });
    }

    [Test]
    public void Gauges_WithoutSecrets_AreNamedByInlineBytes()
    {
        var file = TestCertificates.Create("file.test", until: Soon);
        Compile(new CommonTlsConfig { Certificates = [file with { Chain = file.Chain with { Path = "/etc/chain.pem" } }] });
        Compile(new CommonTlsConfig { Validation = new TlsValidationConfig { TrustedCa = TestCertificates.Pem("") with { Path = "/etc/ca.pem", Bytes = TestCertificates.Authority.Bytes } } });
        var inline = TestCertificates.Create("inline.test", until: Soon);
        Compile(new CommonTlsConfig { Certificates = [inline] });

        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(inline.Chain.Bytes.AsSpan()))[..8];
        Gauges().Keys.Should().Contain(["unnamed_cert_e3b0c442", "unnamed_ca_cert_e3b0c442", "unnamed_cert_" + hash]);
    }

    [Test]
    public void First_IsTheSoonest()
    {
        var contexts = new[] { Context(Later), Context(Soon) };

        FirstExpiry.Of(contexts, Soon.AddDays(-2.5)).Should().Be(new FirstExpiry(2, 0));
        FirstExpiry.Of(contexts, Soon.AddDays(1)).Should().Be(new FirstExpiry(0, 0));
        FirstExpiry.Of([], Soon).Should().Be(new FirstExpiry(uint.MaxValue, 0));
    }

    private TlsContext Context(DateTimeOffset until) =>
        _engine.CreateServer(TlsFixture.Server(new CommonTlsConfig { Certificates = [TestCertificates.Create("server.test", until: until)] }), TimeProvider.System);

    private void Compile(CommonTlsConfig common) => DownstreamTls.Compile(
        TlsFixture.Server(common), _engine, TimeProvider.System, new TlsReport(_stats.CreateScope(), "listener.x."), default, static _ => { });

    private Dictionary<string, long> Gauges() => new StatsReader(_stats).Read(static name => name.EndsWith(".expiration_unix_time_seconds", StringComparison.Ordinal))
        .Gauges.ToDictionary(static gauge => gauge.Name["listener.x.ssl.certificate.".Length..^".expiration_unix_time_seconds".Length], static gauge => (long)gauge.Value);
}
