using System.Security.Cryptography.X509Certificates;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Certificates are taken only for what their keys may do.</summary>
[TestFixture]
public sealed class TlsKeyUsageTests
{
    private const X509KeyUsageFlags Signs = X509KeyUsageFlags.DigitalSignature;
    private const X509KeyUsageFlags Decrypts = X509KeyUsageFlags.KeyEncipherment;

    [TestCase(Signs, TlsVersion.Tls13, null, true)]
    [TestCase(Decrypts, TlsVersion.Tls13, null, false)]
    [TestCase(Signs, TlsVersion.Tls12, "ECDHE-RSA-AES128-GCM-SHA256", true)]
    [TestCase(Decrypts, TlsVersion.Tls12, "ECDHE-RSA-AES128-GCM-SHA256", false)]
    [TestCase(Signs, TlsVersion.Tls12, "AES128-SHA", false)]
    [TestCase(Decrypts, TlsVersion.Tls12, "AES128-SHA", true)]
    public void Server_MustBeAllowedWhatItsKeyDoes(X509KeyUsageFlags usage, TlsVersion version, string? suite, bool taken)
    {
        var parameters = new TlsParametersConfig { Minimum = version, Maximum = version, CipherSuites = suite is null ? [] : [suite] };
        var server = new CommonTlsConfig { Certificates = [TestCertificates.Create("rsa.test", rsa: true, usage: usage)], Parameters = parameters };
        using var pair = Pair(new DownstreamTlsConfig { Common = server }, new UpstreamTlsConfig { Common = new CommonTlsConfig { Parameters = parameters } });

        if (taken)
        {
            pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
            return;
        }

        pair.Handshake().Client.Should().Be(TlsStatus.Failed);
        pair.Client.FailureReason.Should().Contain("KEY_USAGE_BIT_INCORRECT");
        pair.Client.VerifyFailure.Should().BeNull();
        pair.Server.FailureReason.Should().Contain("ALERT_ILLEGAL_PARAMETER");
    }

    [TestCase(TlsVersion.Tls13, false)]
    [TestCase(TlsVersion.Tls12, true)]
    public void Client_MustBeAllowedToSign_InTls13(TlsVersion version, bool taken)
    {
        var client = new CommonTlsConfig
        {
            Certificates = [TestCertificates.Create("client.test", usage: X509KeyUsageFlags.KeyAgreement)],
            Parameters = new TlsParametersConfig { Minimum = version, Maximum = version },
        };
        var server = TlsFixture.Server() with { RequireClientCertificate = true };
        using var pair = Pair(
            server with { Common = server.Common with { Validation = new TlsValidationConfig { TrustedCa = TestCertificates.Authority, AcceptUntrusted = true } } },
            new UpstreamTlsConfig { Common = client });

        pair.Handshake().Server.Should().Be(taken ? TlsStatus.Done : TlsStatus.Failed);
        pair.Server.FailureReason.Contains("KEY_USAGE_BIT_INCORRECT", StringComparison.Ordinal).Should().Be(!taken);
    }

    [TestCase(Signs, true)]
    [TestCase(Decrypts, false)]
    public void PortableEngine_ChecksSignatures(X509KeyUsageFlags usage, bool taken)
    {
        var server = new CommonTlsConfig { Certificates = [TestCertificates.Create("server.test", ["server.test"], usage: usage)] };
        using var pair = new TlsSessionPair(
            TlsEngine.OpenSsl.CreateServer(new DownstreamTlsConfig { Common = server }, TimeProvider.System), TlsEngine.Portable.CreateClient(new UpstreamTlsConfig()));

        pair.Handshake().Client.Should().Be(taken ? TlsStatus.Done : TlsStatus.Failed);
    }

    private static TlsSessionPair Pair(DownstreamTlsConfig server, UpstreamTlsConfig client) =>
        new(TlsEngine.OpenSsl.CreateServer(server, TimeProvider.System), TlsEngine.OpenSsl.CreateClient(client));
}
