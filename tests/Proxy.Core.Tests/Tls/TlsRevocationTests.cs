using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Lists of revoked certificates, on either side.</summary>
[TestFixture(TlsVersion.Tls12)]
[TestFixture(TlsVersion.Tls13)]
public sealed class TlsRevocationTests(TlsVersion version)
{
    private static readonly TlsCertificateConfig Revoked = TestCertificates.Create("revoked.test", ["server.test"]);
    private static readonly TlsCertificateConfig Good = TestCertificates.Create("good.test", ["server.test"]);
    private static readonly TlsValidationConfig Checking = TlsFixture.Trust with { Crl = TestCertificates.Revocations(Revoked) };

    [TestCase(true)]
    [TestCase(false)]
    public void Client_ThatIsRevoked_IsRefused(bool leafOnly)
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Validation = Checking with { CrlForLeafOnly = leafOnly } });
        using var revoked = Pair(server, new CommonTlsConfig { Validation = TlsFixture.Trust, Certificates = [Revoked] });
        revoked.Handshake().Server.Should().Be(TlsStatus.Failed);
        revoked.Server.VerifyFailure.Should().Be(TlsVerifyFailure.Chain);
        revoked.ReadAtClient();
        revoked.Client.FailureReason.Should().Contain("CERTIFICATE_REVOKED");

        using var good = Pair(server, new CommonTlsConfig { Validation = TlsFixture.Trust, Certificates = [Good] });
        good.Handshake().Server.Should().Be(TlsStatus.Done);
    }

    [Test]
    public void Server_ThatIsRevoked_IsRefused()
    {
        using var pair = Pair(TlsFixture.Server(new CommonTlsConfig { Certificates = [Revoked] }), new CommonTlsConfig { Validation = Checking });
        pair.Handshake().Client.Should().Be(TlsStatus.Failed);
        pair.Client.VerifyFailure.Should().Be(TlsVerifyFailure.Chain);
    }

    [Test]
    public void Client_OfAnIssuerWithoutAList_IsRefused()
    {
        // OpenSSL asks for a list of each issuer that it checks.
        var both = Checking with { TrustedCa = TestCertificates.Stranger };
        using var pair = Pair(
            TlsFixture.Server(new CommonTlsConfig { Validation = both }), new CommonTlsConfig { Validation = TlsFixture.Trust, Certificates = [TestCertificates.Create("s", stranger: true)] });
        pair.Handshake().Server.Should().Be(TlsStatus.Failed);
    }

    private TlsSessionPair Pair(DownstreamTlsConfig server, CommonTlsConfig client) => new(
        TlsEngine.OpenSsl.CreateServer(server, TimeProvider.System),
        TlsEngine.OpenSsl.CreateClient(TlsFixture.Client(client with { Parameters = new TlsParametersConfig { Minimum = version, Maximum = version } })));
}
