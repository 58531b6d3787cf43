using System.Net;
using Proxy.Configuration.Http;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Client certificates that are let in by one of their names.</summary>
[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class TlsSubjectAltNameTests(string name)
{
    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    private static readonly TlsCertificateConfig Certificate = TestCertificates.Create("client.test", ["app.test", "*.wild.test"], "spiffe://test/app", more: static names =>
    {
        names.AddEmailAddress("me@mail.test");
        names.AddIpAddress(IPAddress.Parse("192.0.2.7"));
        names.AddUserPrincipalName("user@domain.test");
    });

    private readonly TlsEngine _engine = TlsFixture.Engine(name);

    [TestCase(TlsSanType.Dns, "app.test", true)]
    [TestCase(TlsSanType.Dns, "x.wild.test", true)]
    [TestCase(TlsSanType.Dns, "spiffe://test/app", false)]
    [TestCase(TlsSanType.Dns, "client.test", false, Description = "the common name is no alternative name")]
    [TestCase(TlsSanType.Uri, "spiffe://test/app", true)]
    [TestCase(TlsSanType.Uri, "app.test", false)]
    [TestCase(TlsSanType.Email, "me@mail.test", true)]
    [TestCase(TlsSanType.Email, "user@domain.test", false)]
    [TestCase(TlsSanType.IpAddress, "192.0.2.7", true)]
    [TestCase(TlsSanType.IpAddress, "192.0.2.8", false)]
    [TestCase(TlsSanType.Any, "me@mail.test", true)]
    [TestCase(TlsSanType.Any, "user@domain.test", false)]
    public void Handshake_AsksForANameOfAKind(TlsSanType type, string text, bool passes)
    {
        Passes(new TlsSanMatcherConfig(type, new StringMatcherConfig(StringMatchKind.Exact, text))).Should().Be(passes);
    }

    [TestCase(UserPrincipalName, "user@domain.test", true)]
    [TestCase(UserPrincipalName, "other@domain.test", false)]
    [TestCase("1.2.3.4", "user@domain.test", false)]
    public void Handshake_AsksForAnOtherName(string oid, string text, bool passes)
    {
        Passes(new TlsSanMatcherConfig(TlsSanType.OtherName, new StringMatcherConfig(StringMatchKind.Exact, text)) { Oid = oid }).Should().Be(passes);
    }

    private bool Passes(TlsSanMatcherConfig wanted)
    {
        var server = TlsFixture.Server(new CommonTlsConfig { Validation = TlsFixture.Trust with { SubjectAltNames = [wanted] } }) with { RequireClientCertificate = true };
        var client = TlsFixture.Client(new CommonTlsConfig
        {
            Validation = TlsFixture.Trust,
            Parameters = new TlsParametersConfig { Maximum = TlsVersion.Tls12 },
            Certificates = [Certificate],
        });
        using var pair = new TlsSessionPair(_engine.CreateServer(server, TimeProvider.System), _engine.CreateClient(client));
        return pair.Handshake() == (TlsStatus.Done, TlsStatus.Done);
    }
}
