using System.Security.Cryptography.X509Certificates;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Certificates of workloads, checked against the roots of the trust domain that they claim.</summary>
[TestFixture(TlsVersion.Tls12)]
[TestFixture(TlsVersion.Tls13)]
public sealed class TlsTrustDomainTests(TlsVersion version)
{
    private static readonly TlsValidationConfig Domains = new()
    {
        Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("own.test", TestCertificates.Authority), new SpiffeTrustDomainConfig("other.test", TestCertificates.Stranger)]),
    };

    [TestCase("spiffe://own.test/app", false, true)]
    [TestCase("spiffe://other.test/app", true, true)]
    [TestCase("spiffe://own.test", false, true)]
    [TestCase("spiffe://own.test/app", true, false, Description = "signed by the roots of another domain")]
    [TestCase("spiffe://other.test/app", false, false, Description = "signed by the roots of another domain")]
    [TestCase("spiffe://own.test.other/app", false, false, Description = "unknown domain")]
    [TestCase("https://own.test/app", false, false, Description = "no identity")]
    public void Client_IsTrustedByItsOwnDomainOnly(string identity, bool stranger, bool passes) =>
        Passes(Domains, Workload(identity, stranger)).Should().Be(passes);

    [Test]
    public void Client_WithoutACertificate_IsRefused() => Passes(Domains, null).Should().BeFalse();

    [Test]
    public void Client_WithoutANameOfItsOwn_IsRefused() =>
        Passes(Domains, TestCertificates.Create("app", ["spiffe.own.test"], usage: X509KeyUsageFlags.DigitalSignature)).Should().BeFalse();

    [TestCase(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)]
    [TestCase(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign)]
    [TestCase(null, Description = "does not tell")]
    public void Client_ThatMaySignOthers_IsRefused(X509KeyUsageFlags? usage) =>
        Passes(Domains, TestCertificates.Create("app", uri: "spiffe://own.test/app", usage: usage)).Should().BeFalse();

    [TestCase(TlsSanType.Uri, "spiffe://own.test/app", true)]
    [TestCase(TlsSanType.Uri, "spiffe://own.test/web", false)]
    [TestCase(TlsSanType.Any, "spiffe://own.test/app", true)]
    [TestCase(TlsSanType.Any, "dns.test", false, Description = "only the identity counts")]
    public void Client_NeedsAWantedIdentity(TlsSanType type, string text, bool passes)
    {
        var wanted = Domains with { SubjectAltNames = [new TlsSanMatcherConfig(type, new StringMatcherConfig(StringMatchKind.Exact, text))] };
        Passes(wanted, TestCertificates.Create("app", ["dns.test"], "spiffe://own.test/app", usage: X509KeyUsageFlags.DigitalSignature)).Should().Be(passes);
    }

    [Test]
    public void Client_ThatIsRevoked_IsRefused()
    {
        var (revoked, good) = (Workload("spiffe://own.test/a"), Workload("spiffe://own.test/b"));
        var roots = new TlsBytes([.. TestCertificates.Authority.Bytes, .. "\n"u8, .. TestCertificates.Revocations(revoked).Bytes]);
        var config = new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("own.test", roots)]) };
        (Passes(config, revoked), Passes(config, good)).Should().Be((false, true));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Client_OutsideItsTime_IsTakenWhereAllowed(bool allowed)
    {
        var old = TestCertificates.Create("app", uri: "spiffe://own.test/app", usage: X509KeyUsageFlags.DigitalSignature, until: new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Passes(Domains with { AllowExpired = allowed }, old).Should().Be(allowed);
    }

    [Test]
    public void Server_IsTrustedByItsOwnDomainOnly()
    {
        foreach (var (identity, passes) in new[] { ("spiffe://own.test/app", true), ("spiffe://other.test/app", false) })
        {
            var server = TlsFixture.Server(new CommonTlsConfig { Certificates = [Workload(identity)] });
            using var pair = Pair(server, new CommonTlsConfig { Validation = Domains });
            pair.Handshake();
            (pair.Client.VerifyFailure is null).Should().Be(passes);
        }
    }

    [Test]
    public void Refusal_IsCountedAsFailedChain_AndToldAsUnknown()
    {
        using var pair = Pair(Demanding(Domains), new CommonTlsConfig { Validation = TlsFixture.Trust, Certificates = [Workload("spiffe://nobody.test/x")] });
        pair.Handshake().Server.Should().Be(TlsStatus.Failed);
        pair.Server.VerifyFailure.Should().Be(TlsVerifyFailure.Chain);
        pair.ReadAtClient();
        pair.Client.FailureReason.Should().Contain("CERTIFICATE_UNKNOWN");
    }

    [Test]
    public void Roots_CanBeLookedAt()
    {
        var context = TlsEngine.OpenSsl.CreateServer(Demanding(Domains), TimeProvider.System);
        context.Roots.Select(static root => root.Info.Subject).Should().Equal("CN=Test CA", "CN=Other CA");
    }

    [Test]
    public void WhatHasNoEffect_IsRefusedByName()
    {
        var domain = Domains.Spiffe!.TrustDomains[0];
        Faults(Domains with { TrustedCa = TestCertificates.Authority }).Should().Equal("trusted_ca");
        Faults(Domains with { Crl = TestCertificates.Authority, CrlForLeafOnly = true }).Should().Equal("crl", "only_verify_leaf_cert_crl");
        Faults(Domains with { CertificatePins = ["x"], SpkiPins = ["x"] }).Should().Equal("verify_certificate_hash", "verify_certificate_spki");
        Faults(Domains with { AcceptUntrusted = true, MaxDepth = 2 }).Should().Equal("trust_chain_verification", "max_verify_depth");
        Faults(Domains with { SubjectAltNames = [new TlsSanMatcherConfig(TlsSanType.Dns, new StringMatcherConfig(StringMatchKind.Exact, "a"))] })
            .Should().Equal("match_typed_subject_alt_names[0].san_type");
        Faults(new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([domain, domain]) }).Should().Equal("custom_validator_config.typed_config.trust_domains[1].name");
        Faults(new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([]) }).Should().Equal("custom_validator_config.typed_config.trust_domains");
    }

    [Test]
    public void Domain_WithoutRoots_IsRefused()
    {
        var config = new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("a", TestCertificates.Pem("no roots"))]) };
        FluentActions.Invoking(() => TlsEngine.OpenSsl.CreateServer(Demanding(config), TimeProvider.System)).Should().Throw<ConfigException>()
            .Which.Faults.Should().ContainSingle().Which.Path.Should().EndWith("custom_validator_config");
    }

    private static string[] Faults(TlsValidationConfig config)
    {
        const string Path = "common_tls_context.validation_context.";
        var thrown = FluentActions.Invoking(() => TlsRules.Check(new CommonTlsConfig { Validation = config })).Should().Throw<ConfigException>().Which;
        return [.. thrown.Faults.Select(static fault => fault.Path[Path.Length..])];
    }

    private static TlsCertificateConfig Workload(string identity, bool stranger = false) =>
        TestCertificates.Create("app", uri: identity, stranger: stranger, usage: X509KeyUsageFlags.DigitalSignature);

    private static DownstreamTlsConfig Demanding(TlsValidationConfig validation) => TlsFixture.Server(new CommonTlsConfig { Validation = validation });

    private bool Passes(TlsValidationConfig validation, TlsCertificateConfig? certificate)
    {
        using var pair = Pair(Demanding(validation), new CommonTlsConfig { Validation = TlsFixture.Trust, Certificates = certificate is null ? [] : [certificate] });
        return pair.Handshake().Server == TlsStatus.Done;
    }

    private TlsSessionPair Pair(DownstreamTlsConfig server, CommonTlsConfig client) => new(
        TlsEngine.OpenSsl.CreateServer(server, TimeProvider.System),
        TlsEngine.OpenSsl.CreateClient(TlsFixture.Client(client with { Parameters = new TlsParametersConfig { Minimum = version, Maximum = version } })));
}
