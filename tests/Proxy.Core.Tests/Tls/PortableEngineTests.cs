using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

[TestFixture]
public sealed class PortableEngineTests
{
    private static readonly TlsBytes Any = TestCertificates.Pem("x");

    private static IEnumerable<TestCaseData> Unable()
    {
        yield return Server("session_ticket_keys", static config => config with { SessionTicketKeys = [Any] });
        yield return Server("session_timeout", static config => config with { SessionTimeout = TimeSpan.FromHours(1) });
        yield return Server("disable_stateless_session_resumption", static config => config with { DisableStatelessResumption = true });
        yield return Server("disable_stateful_session_resumption", static config => config with { DisableStatefulResumption = true });
        yield return Server("ocsp_staple_policy", static config => config with { OcspStaplePolicy = OcspStaplePolicy.Strict });
        yield return Server("prefer_client_ciphers", static config => config with { PreferClientCiphers = true });
        yield return Parameters("tls_minimum_protocol_version", static p => p with { Minimum = TlsVersion.Tls10 });
        yield return Parameters("tls_maximum_protocol_version", static p => p with { Maximum = TlsVersion.Tls11 });
        yield return Parameters("cipher_suites", static p => p with { CipherSuites = ["ECDHE-RSA-AES128-GCM-SHA256"] });
        yield return Parameters("ecdh_curves", static p => p with { Curves = ["P-256"] });
        yield return Parameters("signature_algorithms", static p => p with { SignatureAlgorithms = ["rsa_pss_rsae_sha256"] });
        yield return Server("key_log", static config => config with { Common = config.Common with { KeyLog = new TlsKeyLogConfig("x") } });
        yield return Validation("crl", static v => v with { Crl = Any });
        yield return Validation("max_verify_depth", static v => v with { MaxDepth = 1 });
        yield return Validation("custom_validator_config", static v => v with { TrustedCa = null, Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("a", Any)]) });
        yield return Server("ocsp_staple", static config => config with { Common = config.Common with { Certificates = [config.Common.Certificates[0] with { OcspStaple = Any }] } });
    }

    [TestCaseSource(nameof(Unable))]
    public void WhatItCannotDo_IsRefusedByName(string field, DownstreamTlsConfig config)
    {
        FluentActions.Invoking(() => TlsEngine.Portable.CreateServer(config, TimeProvider.System)).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Path.Should().EndWith(field);
    }

    [Test]
    public void Client_ThatKeepsManySessions_IsRefusedByName()
    {
        FluentActions.Invoking(() => TlsEngine.Portable.CreateClient(TlsFixture.Client() with { MaxSessions = 2 })).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Path.Should().Be("max_session_keys");
    }

    [TestCase("OpenSSL", "SslStream")]
    [TestCase("SslStream", "OpenSSL")]
    public void Engines_UnderstandEachOther(string server, string client)
    {
        using var pair = new TlsSessionPair(
            TlsFixture.Engine(server).CreateServer(TlsFixture.Server(), TimeProvider.System), TlsFixture.Engine(client).CreateClient(TlsFixture.Client())) { Piece = 100 };

        pair.Handshake().Should().Be((TlsStatus.Done, TlsStatus.Done));
        pair.SendToClient("hello").Text.Should().Be("hello");
        pair.Server.Describe().CipherSuite.Should().Be(pair.Client.Describe().CipherSuite);
    }

    [Test]
    public void WrongKey_IsRefused()
    {
        var config = TestCertificates.Create("a.test") with { PrivateKey = TestCertificates.Create("b.test").PrivateKey };

        FluentActions.Invoking(() => TlsEngine.Portable.CreateServer(TlsFixture.Server(new CommonTlsConfig { Certificates = [config] }), TimeProvider.System))
            .Should().Throw<ConfigException>().Which.Faults.Should().ContainSingle().Which.Path.Should().Be("tls_certificates[0].private_key");
    }

    [Test]
    public void Truncated_Record_IsNoData()
    {
        using var pair = new TlsSessionPair(TlsEngine.Portable.CreateServer(TlsFixture.Server(), TimeProvider.System), TlsEngine.Portable.CreateClient(TlsFixture.Client()));
        pair.Handshake();
        pair.SendToClient("x");
        var output = new TlsOutput();
        pair.Server.Write("hello"u8, output);
        var room = new byte[100];

        pair.Client.Read(output.Written[..^1], out _, room, out var early, new TlsOutput()).Should().Be(TlsStatus.NeedsInput);
        pair.Client.Read(output.Written[^1..], out _, room, out var count, new TlsOutput()).Should().Be(TlsStatus.NeedsInput);

        (early, count).Should().Be((0, 5));
    }

    [Test]
    public void Altered_Record_Fails()
    {
        using var pair = new TlsSessionPair(TlsEngine.Portable.CreateServer(TlsFixture.Server(), TimeProvider.System), TlsEngine.Portable.CreateClient(TlsFixture.Client()));
        pair.Handshake();
        pair.SendToClient("x");
        var output = new TlsOutput();
        pair.Server.Write("hello"u8, output);
        var bytes = output.Written.ToArray();
        bytes[^1] ^= 1;

        pair.Client.Read(bytes, out _, new byte[100], out _, new TlsOutput()).Should().Be(TlsStatus.Failed);
        pair.Client.FailureReason.Should().NotBeEmpty();
    }

    private static TestCaseData Server(string field, Func<DownstreamTlsConfig, DownstreamTlsConfig> change) => new TestCaseData(field, change(TlsFixture.Server())).SetArgDisplayNames(field);

    private static TestCaseData Parameters(string field, Func<TlsParametersConfig, TlsParametersConfig> change) =>
        Server(field, config => config with { Common = config.Common with { Parameters = change(config.Common.Parameters) } });

    private static TestCaseData Validation(string field, Func<TlsValidationConfig, TlsValidationConfig> change) =>
        Server(field, config => config with { Common = config.Common with { Validation = change(TlsFixture.Trust) } });
}
