using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

[TestFixture("OpenSSL")]
[TestFixture("SslStream")]
public sealed class Pkcs12Tests(string engineName)
{
    private readonly TlsEngine _engine = TlsFixture.Engine(engineName);

    [TestCase("secret")]
    [TestCase("")]
    public void Archive_IsServed_WithItsChain(string password)
    {
        using var pair = new TlsSessionPair(Server(Archive(password), password), TlsEngine.OpenSsl.CreateClient(TlsFixture.Client()));

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.Client.Describe().PeerChain.Select(static certificate => certificate.Subject).Should().Equal(_engine == TlsEngine.OpenSsl ? ["CN=server.test", "CN=Test CA"] : ["CN=server.test"]); // SslStream leaves roots out
    }

    [TestCase("other")]
    [TestCase("")]
    public void WrongPassword_IsRefused(string password)
    {
        FluentActions.Invoking(() => Server(Archive("secret"), password)).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Path.Should().EndWith("tls_certificates[0].pkcs12");
    }

    [Test]
    public void WhatIsNoArchive_IsRefused()
    {
        FluentActions.Invoking(() => Server([1, 2, 3], "")).Should().Throw<ConfigException>().Which.Message.Should().Contain("failed to load pkcs12 from <inline>");
    }

    [Test]
    public void Archive_WithoutKey_IsRefused()
    {
        var root = new X509Certificate2Collection();
        root.ImportFromPem(Text(TestCertificates.Authority));

        FluentActions.Invoking(() => Server(root.Export(X509ContentType.Pkcs12, "")!, "")).Should().Throw<ConfigException>()
            .Which.Message.Should().Contain("it has no key with a certificate");
    }

    private static byte[] Archive(string password)
    {
        var config = TestCertificates.Create("server.test", ["server.test"]);
        var all = new X509Certificate2Collection { X509Certificate2.CreateFromPem(Text(config.Chain), Text(config.PrivateKey)) };
        all.ImportFromPem(Text(TestCertificates.Authority));
        return all.ExportPkcs12(new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000), password);
    }

    private static string Text(TlsBytes bytes) => Encoding.ASCII.GetString(bytes.Bytes.AsSpan());

    private TlsContext Server(byte[] archive, string password) => _engine.CreateServer(
        TlsFixture.Server(new CommonTlsConfig
        {
            Certificates =
            [
                TlsCertificateConfig.FromPkcs12(new TlsBytes(archive.ToConfigList())) with
                {
                    Password = password.Length > 0 ? TestCertificates.Pem(password) : null,
                },
            ],
        }),
        TimeProvider.System);
}
