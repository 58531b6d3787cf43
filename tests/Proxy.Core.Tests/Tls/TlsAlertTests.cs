using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;
using static Proxy.Core.Tests.Tls.HelloBytes;

namespace Proxy.Core.Tests.Tls;

/// <summary>What a client is told when it is refused.</summary>
[TestFixture]
public sealed class TlsAlertTests
{
    private static readonly byte[] Algorithms = Extension(13, 0, 2, 4, 3);
    private static readonly byte[] Groups = Extension(10, 0, 2, 0, 29);
    private static readonly byte[] Versions = Extension(43, 2, 3, 4);

    [TestCase("PRI * HTTP/2.0\r\n\r\n")]
    [TestCase("SSH-2.0-x\r\n")]
    [TestCase("\x16\x02\x01\0\x05")]
    [TestCase("\x80\x22\x01\0\x02")]
    public void OtherProtocols_AreToldTheVersion(string text)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(text);

        Answer(bytes).Should().Equal(21, 3, 1, 0, 2, 2, TlsAlert.ProtocolVersion);
        Answer(bytes, piece: 1).Should().Equal(21, 3, 1, 0, 2, 2, TlsAlert.ProtocolVersion);
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n")]
    [TestCase("CONNECT a:1 HTTP/1.1\r\n\r\n")]
    [TestCase("\x15\x03\x01\0\x02\x02\x28", Description = "handshake_failure")]
    [TestCase("\x15\x03\x01\0\x02\x01\0", Description = "close_notify")]
    public void HttpAndAlerts_AreToldNothing(string text) => Answer(System.Text.Encoding.Latin1.GetBytes(text)).Should().BeEmpty();

    [Test]
    public void Hello_WithoutSuites_CannotBeDecoded() => Alert(Message([], Algorithms, Groups)).Should().Be(TlsAlert.DecodeError);

    [Test]
    public void Hello_WithCompressionOnly_HasAnIllegalParameter()
    {
        var message = Message(null, Algorithms, Groups);
        message[4 + 2 + 32 + 1 + 2 + 4 + 1] = 1;

        Alert(message).Should().Be(TlsAlert.IllegalParameter);
    }

    [Test]
    public void Hello_WithANameOfAnotherKind_HasAnUnrecognizedName() =>
        Alert(Message(null, Extension(0, 0, 5, 1, 0, 2, 97, 98), Algorithms, Groups)).Should().Be(TlsAlert.UnrecognizedName);

    [Test]
    public void Hello_OfTls13WithoutSignatureAlgorithms_Fails() => Alert(Message(null, Versions, Groups)).Should().Be(TlsAlert.HandshakeFailure);

    [Test]
    public void Hello_OfTls13WithAlgorithmsThatDoNotSuit_Fails()
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Parameters = new TlsParametersConfig { SignatureAlgorithms = ["rsa_pss_rsae_sha256"] } });
        var client = TlsFixture.Client(new CommonTlsConfig
        {
            Parameters = new TlsParametersConfig { Minimum = TlsVersion.Tls13, Maximum = TlsVersion.Tls13, SignatureAlgorithms = ["ecdsa_secp256r1_sha256"] },
        });
        using var pair = new TlsSessionPair(TlsEngine.OpenSsl.CreateServer(server, TimeProvider.System), TlsEngine.OpenSsl.CreateClient(client));

        pair.Handshake().Should().Be((TlsStatus.Failed, TlsStatus.Failed));
        pair.Client.FailureReason.Should().Contain("HANDSHAKE_FAILURE");
    }

    [TestCase(TlsVersion.Tls12)]
    [TestCase(TlsVersion.Tls13)]
    public void ClientCertificate_NotPinned_IsToldSo(TlsVersion version)
    {
        using var pair = Pair(version, new string('0', 64));

        pair.Handshake().Server.Should().Be(TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(TlsVerifyFailure.Pin);
        pair.Server.FailureReason.Should().Contain("CERTIFICATE_VERIFY_FAILED");
        pair.ReadAtClient();
        pair.Client.FailureReason.Should().Contain("BAD_CERTIFICATE_HASH_VALUE");
    }

    [TestCase(TlsVersion.Tls12)]
    [TestCase(TlsVersion.Tls13)]
    public void ClientCertificate_Pinned_Passes(TlsVersion version)
    {
        using var pair = Pair(version, null);

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.SendToClient("x").Text.Should().Be("x");
    }

    [Test]
    public void MinimumAboveMaximum_ClosesWithoutAWord()
    {
        var parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls10 };
        using var session = TlsEngine.OpenSsl.CreateServer(TlsFixture.Server(new CommonTlsConfig { Parameters = parameters }), TimeProvider.System).CreateSession(default);
        var output = new TlsOutput();

        session.Handshake(Record(Message(null, Algorithms, Groups)), out _, output).Should().Be(TlsStatus.Failed);
        output.Length.Should().Be(0);
        session.FailureReason.Should().NotBeEmpty();
    }

    private static TlsSessionPair Pair(TlsVersion version, string? pin)
    {
        var certificate = TestCertificates.Create("client.test");
        pin ??= Hash(certificate);
        var server = TlsFixture.Server(new CommonTlsConfig { Validation = TlsFixture.Trust with { CertificatePins = [pin] } }) with { RequireClientCertificate = true };
        var client = TlsFixture.Client(new CommonTlsConfig
        {
            Validation = TlsFixture.Trust,
            Parameters = new TlsParametersConfig { Minimum = version, Maximum = version },
            Certificates = [certificate],
        });
        return new TlsSessionPair(TlsEngine.OpenSsl.CreateServer(server, TimeProvider.System), TlsEngine.OpenSsl.CreateClient(client));
    }

    private static string Hash(TlsCertificateConfig config)
    {
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(config.Chain.Bytes.AsSpan()));
        return certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
    }

    private static byte Alert(byte[] message)
    {
        var answer = Answer(Record(message));
        answer.Should().HaveCount(7);
        return answer[^1];
    }

    private static byte[] Answer(byte[] bytes, int piece = int.MaxValue)
    {
        using var session = TlsEngine.OpenSsl.CreateServer(TlsFixture.Server(), TimeProvider.System).CreateSession(default);
        var output = new TlsOutput();
        var status = TlsStatus.NeedsInput;
        foreach (var part in bytes.Chunk(Math.Min(piece, bytes.Length)))
        {
            if (status == TlsStatus.NeedsInput)
            {
                status = session.Handshake(part, out _, output);
            }
        }

        status.Should().Be(TlsStatus.Failed);
        session.FailureReason.Should().NotBeEmpty();
        return output.Written.ToArray();
    }
}
