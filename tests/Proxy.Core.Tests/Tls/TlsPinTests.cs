using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Client certificates that are named by the hash of their public key or of all of them.</summary>
[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class TlsPinTests(string name)
{
    private const string OtherKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static readonly TlsCertificateConfig Certificate = TestCertificates.Create("client.test");
    private static readonly string OtherCertificate = new('0', 64);

    private readonly TlsEngine _engine = TlsFixture.Engine(name);

    [Test]
    public void Handshake_KeyThatIsPinned_Passes() => Passes([], [KeyHash()]).Should().BeTrue();

    [Test]
    public void Handshake_KeyAmongPinnedOnes_Passes() => Passes([], [OtherKey, KeyHash()]).Should().BeTrue();

    [Test]
    public void Handshake_AnotherKeyIsPinned_IsRefused() => Passes([], [OtherKey]).Should().BeFalse();

    [Test]
    public void Handshake_AnotherCertificateOrThisKeyIsPinned_Passes() => Passes([OtherCertificate], [KeyHash()]).Should().BeTrue();

    [Test]
    public void Handshake_AnotherCertificateOrAnotherKeyIsPinned_IsRefused() => Passes([OtherCertificate], [OtherKey]).Should().BeFalse();

    private bool Passes(string[] certificates, string[] keys)
    {
        var validation = TlsFixture.Trust with { CertificatePins = [.. certificates], SpkiPins = [.. keys] };
        var server = TlsFixture.Server(new CommonTlsConfig { Validation = validation }) with { RequireClientCertificate = true };
        var client = TlsFixture.Client(new CommonTlsConfig
        {
            Validation = TlsFixture.Trust,
            Parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls12 },
            Certificates = [Certificate],
        });
        using var pair = new TlsSessionPair(_engine.CreateServer(server, TimeProvider.System), _engine.CreateClient(client));
        return pair.Handshake() == (TlsStatus.Done, TlsStatus.Done);
    }

    private static string KeyHash()
    {
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Certificate.Chain.Bytes.AsSpan()));
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
