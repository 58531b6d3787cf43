using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class TlsHandshakeTests(string engineName)
{
    private static readonly TlsCertificateConfig ClientCertificate = TestCertificates.Create("client.test", ["client.test"], "spiffe://test/client");

    private readonly TlsEngine _engine = TlsFixture.Engine(engineName);

    // What a peer is told in words of its library; the portable engine just leaves on Linux.
    private bool HasWords => _engine == TlsEngine.OpenSsl;

    [TestCase(TlsVersion.Tls12, "TLSv1.2")]
    [TestCase(TlsVersion.Tls13, "TLSv1.3")]
    public void Handshake_OfAVersion_TellsWhatWasAgreed(TlsVersion version, string text)
    {
        using var pair = Pair(TlsFixture.Server(), Client(version));

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));

        pair.Server.Describe().Version.Should().Be(text);
        pair.Client.Describe().PeerCertificate!.Subject.Should().Be("CN=server.test");
        pair.Client.Describe().IsPeerValidated.Should().BeTrue();
        pair.Server.Describe().LocalCertificate!.NamesOf(SubjectAltNameKind.Dns).Should().Equal("server.test", "*.wild.test");
        pair.SendToClient("hello").Text.Should().Be("hello");
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public void Handshake_InPieces_IsTheSame(int piece)
    {
        using var pair = new TlsSessionPair(_engine.CreateServer(TlsFixture.Server(), TimeProvider.System), _engine.CreateClient(TlsFixture.Client())) { Piece = piece };

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.SendToClient("hello").Text.Should().Be("hello");
    }

    [Test]
    public void Versions_WithoutOverlap_AreRefusedWithAnAlert()
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Parameters = new TlsParametersConfig { Minimum = TlsVersion.Tls13 } });
        using var pair = Pair(server, Client(TlsVersion.Tls12));

        pair.Handshake().Should().Be((TlsStatus.Failed, TlsStatus.Failed));
        pair.Client.FailureReason.Should().Contain(HasWords ? "ALERT_PROTOCOL_VERSION" : "TLS_error");
        pair.Server.FailureReason.Should().Contain(HasWords ? "UNSUPPORTED_PROTOCOL" : "TLS_error");
    }

    [TestCase("h2,http/1.1", "http/1.1,h2", "h2")]
    [TestCase("http/1.1", "h2,http/1.1", "http/1.1")]
    [TestCase("h2", "http/1.1", "")]
    [TestCase("h2", "", "")]
    [TestCase("", "h2", "")]
    public void Protocols_AreChosenByTheServersOrder_AndLeftOutWithoutOverlap(string served, string offered, string chosen)
    {
        using var pair = Pair(
            TlsFixture.Server(new CommonTlsConfig { ApplicationProtocols = Split(served) }),
            TlsFixture.Client(TlsFixture.Client().Common with { ApplicationProtocols = Split(offered) }));

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Server.Describe().ApplicationProtocol.Should().Be(chosen);
        pair.Client.Describe().ApplicationProtocol.Should().Be(chosen);
    }

    [TestCase("a.test", "a.test")]
    [TestCase("x.wild.test", "wild.test")]
    [TestCase("x.y.wild.test", "first.test")]
    [TestCase("unknown.test", "first.test")]
    [TestCase(null, "first.test")]
    public void Certificates_ArePickedByServerName(string? name, string subject)
    {
        var server = TlsFixture.Server(new CommonTlsConfig
        {
            Certificates = [TestCertificates.Create("first.test", ["first.test"]), TestCertificates.Create("a.test", ["a.test"]), TestCertificates.Create("wild.test", ["*.wild.test"])],
        });
        using var pair = new TlsSessionPair(_engine.CreateServer(server, TimeProvider.System), _engine.CreateClient(new UpstreamTlsConfig()), name);

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Client.Describe().PeerCertificate!.Subject.Should().Be("CN=" + subject);
    }

    [TestCase(false, "CN=rsa.test")]
    [TestCase(true, "CN=ec.test")]
    public void Certificates_OfOtherNames_AreAllLookedAtOnlyWhenAskedTo(bool scan, string subject)
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Certificates = [TestCertificates.Create("rsa.test", rsa: true), TestCertificates.Create("ec.test")] });
        using var pair = new TlsSessionPair(
            _engine.CreateServer(server with { FullScanOnNameMismatch = scan }, TimeProvider.System), _engine.CreateClient(new UpstreamTlsConfig()), "unknown.test");

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Client.Describe().PeerCertificate!.Subject.Should().Be(subject);
    }

    [TestCase("ECDHE-RSA-AES128-GCM-SHA256", "CN=rsa.test")]
    [TestCase("ECDHE-ECDSA-AES128-GCM-SHA256", "CN=ec.test")]
    public void Certificates_OfBothKinds_ServeBothKindsOfClients(string suite, string subject)
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Certificates = [TestCertificates.Create("rsa.test", rsa: true), TestCertificates.Create("ec.test")] });
        var client = new UpstreamTlsConfig { Common = new CommonTlsConfig { Parameters = new TlsParametersConfig { CipherSuites = [suite] } } };
        using var pair = new TlsSessionPair(_engine.CreateServer(server, TimeProvider.System), TlsEngine.OpenSsl.CreateClient(client), serverName: null);

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Client.Describe().PeerCertificate!.Subject.Should().Be(subject);
    }

    [Test]
    public void ClientCertificate_Trusted_IsShownToTheServer()
    {
        using var pair = Pair(Asking(), Client(TlsVersion.Tls13, ClientCertificate));

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        var info = pair.Server.Describe();
        info.IsPeerValidated.Should().BeTrue();
        info.PeerCertificate!.NamesOf(SubjectAltNameKind.Uri).Should().Equal("spiffe://test/client");
    }

    [TestCase(TlsVersion.Tls12, "HANDSHAKE_FAILURE")]
    [TestCase(TlsVersion.Tls13, "CERTIFICATE_REQUIRED")]
    public void ClientCertificate_Missing_IsRefusedWithAnAlert(TlsVersion version, string alert)
    {
        using var pair = Pair(Asking(), Client(version));

        pair.Handshake().Server.Should().Be(TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(TlsVerifyFailure.NoCertificate);
        Told(pair, alert);
    }

    [Test]
    public void ClientCertificate_OfAStranger_IsRefusedWithAnAlert()
    {
        using var pair = Pair(Asking(), Client(TlsVersion.Tls13, TestCertificates.Create("client.test", stranger: true)));

        pair.Handshake().Server.Should().Be(TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(TlsVerifyFailure.Chain);
        Told(pair, "UNKNOWN_CA");
    }

    [Test]
    public void ClientCertificate_Expired_IsRefusedUnlessAllowed([Values] bool allowed)
    {
        var old = TestCertificates.Create("client.test", until: new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var pair = Pair(Asking(TlsFixture.Trust with { AllowExpired = allowed }), Client(TlsVersion.Tls13, old));

        pair.Handshake().Server.Should().Be(allowed ? TlsStatus.Done : TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(allowed ? null : TlsVerifyFailure.Chain);
    }

    [TestCase("spiffe://test/client", true)]
    [TestCase("spiffe://test/other", false)]
    public void ClientCertificate_IsCheckedByName(string uri, bool passes)
    {
        var names = TlsFixture.Trust with { SubjectAltNames = [new TlsSanMatcherConfig(TlsSanType.Uri, new StringMatcherConfig(StringMatchKind.Exact, uri))] };
        using var pair = Pair(Asking(names), Client(TlsVersion.Tls13, ClientCertificate));

        pair.Handshake().Server.Should().Be(passes ? TlsStatus.Done : TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(passes ? null : TlsVerifyFailure.SubjectAltName);
        if (!passes)
        {
            Told(pair, "CERTIFICATE_UNKNOWN");
        }
    }

    [Test]
    public void ClientCertificate_UntrustedButAccepted_IsNotValidated()
    {
        using var pair = Pair(Asking(TlsFixture.Trust with { AcceptUntrusted = true }), Client(TlsVersion.Tls13, TestCertificates.Create("client.test", stranger: true)));

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Server.Describe().PeerCertificate.Should().NotBeNull();
        pair.Server.Describe().IsPeerValidated.Should().BeFalse();
    }

    [TestCase("x.wild.test", true)]
    [TestCase("other.test", false)]
    public void ServerCertificate_IsCheckedByTheNameWanted(string wanted, bool passes)
    {
        using var pair = new TlsSessionPair(
            _engine.CreateServer(TlsFixture.Server(), TimeProvider.System), _engine.CreateClient(TlsFixture.Client()), wanted, [wanted]);

        pair.Handshake().Client.Should().Be(passes ? TlsStatus.Done : TlsStatus.Failed);
        pair.Client.VerifyFailure.Should().Be(passes ? null : TlsVerifyFailure.SubjectAltName);
    }

    [Test]
    public void Garbage_IsRefused()
    {
        using var session = _engine.CreateServer(TlsFixture.Server(), TimeProvider.System)
            .CreateSession(default);

        session.Handshake("GET / HTTP/1.1\r\n\r\n"u8, out _, new TlsOutput()).Should().Be(TlsStatus.Failed);
        session.FailureReason.Should().Contain(HasWords ? "HTTP_REQUEST" : "TLS_error");
    }

    private static ConfigList<string> Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries).ToConfigList();

    private static DownstreamTlsConfig Asking(TlsValidationConfig? validation = null) =>
        TlsFixture.Server(new CommonTlsConfig { Validation = validation ?? TlsFixture.Trust }) with { RequireClientCertificate = true };

    private static UpstreamTlsConfig Client(TlsVersion version, TlsCertificateConfig? certificate = null) => TlsFixture.Client(new CommonTlsConfig
    {
        Validation = TlsFixture.Trust,
        Parameters = new TlsParametersConfig { Minimum = version, Maximum = version },
        Certificates = certificate is null ? [] : [certificate],
    });

    private void Told(TlsSessionPair pair, string alert)
    {
        if (pair.Client.FailureReason.Length == 0)
        {
            pair.ReadAtClient();
        }

        if (HasWords)
        {
            pair.Client.FailureReason.Should().Contain(alert);
        }
        else
        {
            pair.Client.FailureReason.Should().BeEmpty();
        }
    }

    private TlsSessionPair Pair(DownstreamTlsConfig server, UpstreamTlsConfig client) =>
        new(_engine.CreateServer(server, TimeProvider.System), _engine.CreateClient(client));
}
