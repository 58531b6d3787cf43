using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Tls;

namespace Proxy.Discovery.Tests.V3;

public sealed class TlsTranslatorTests
{
    private const string Type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private const string SpiffeType = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";

    [Test]
    public void Upstream_Settings_AreKept()
    {
        var tls = Loading.Cluster(Socket(
            "sni: a.test, auto_host_sni: true, max_session_keys: 3, common_tls_context: {alpn_protocols: ['h2,http/1.1'], "
            + "tls_params: {tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3, cipher_suites: [AES128-SHA], ecdh_curves: [P-256]}, "
            + "validation_context: {trusted_ca: {inline_string: roots}, match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: u}}], "
            + "match_subject_alt_names: [{prefix: p}], max_verify_depth: 2, trust_chain_verification: ACCEPT_UNTRUSTED}}")).Transport.Tls!;

        tls.ServerName.Should().Be("a.test");
        tls.HostNameAsServerName.Should().BeTrue();
        tls.MaxSessions.Should().Be(3);
        tls.Common.ApplicationProtocols.Should().Equal("h2", "http/1.1");
        tls.Common.Parameters.Should().Be(new TlsParametersConfig { Minimum = TlsVersion.Tls12, Maximum = TlsVersion.Tls13, CipherSuites = ["AES128-SHA"], Curves = ["P-256"] });
        tls.Common.Validation.Should().Be(new TlsValidationConfig
        {
            TrustedCa = new TlsBytes("roots"u8.ToArray().ToConfigList()),
            SubjectAltNames =
            [
                new TlsSanMatcherConfig(TlsSanType.Uri, new StringMatcherConfig(StringMatchKind.Exact, "u")),
                new TlsSanMatcherConfig(TlsSanType.Any, new StringMatcherConfig(StringMatchKind.Prefix, "p")),
            ],
            MaxDepth = 2,
            AcceptUntrusted = true,
        });
    }

    [Test]
    public void TrustDomains_AreKept()
    {
        var validation = Loading.Cluster(Socket($"common_tls_context: {{validation_context: {{{Spiffe("trust_domains: [{name: a.test, trust_bundle: {inline_string: roots}}]")}}}}}"))
            .Transport.Tls!.Common.Validation;

        validation.Should().Be(new TlsValidationConfig { Spiffe = new SpiffeValidationConfig([new SpiffeTrustDomainConfig("a.test", new TlsBytes([.. "roots"u8]))]) });
    }

    [TestCase("trust_domains: []", "trust_domains")]
    [TestCase("trust_domains: [{name: a.test}]", "trust_domains[0].trust_bundle: required")]
    [TestCase("trust_domains: [{trust_bundle: {inline_string: roots}}]", "trust_domains[0].name")]
    [TestCase("trust_domains: [{name: a.test, trust_bundle: {inline_string: r}}], trust_bundles: {inline_string: '{}'}", "trust_bundles: not supported yet")]
    public void TrustDomains_ThatAreNone_AreRefused(string settings, string fault)
    {
        Loading.Faults(Loading.ClusterText(Socket($"common_tls_context: {{validation_context: {{{Spiffe(settings)}}}}}"))).Should().Contain(text => text.Contains(fault, StringComparison.Ordinal));
    }

    [Test]
    public void KeyLog_IsKept()
    {
        var log = Loading.Cluster(Socket(
            "common_tls_context: {key_log: {path: x, local_address_range: [{address_prefix: 10.1.2.3, prefix_len: 8}], remote_address_range: [{address_prefix: '::1', prefix_len: 128}]}}"))
            .Transport.Tls!.Common.KeyLog;

        log.Should().Be(new TlsKeyLogConfig("x")
        {
            LocalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)],
            RemoteRanges = [new CidrRange(IPAddress.IPv6Loopback, 128)],
        });
    }

    [Test]
    public void TransportMatches_AreKept()
    {
        var cluster = Loading.Cluster(
            "transport_socket_matches: [{name: tls, match: {mode: tls, level: 2}, transport_socket: {name: tls, typed_config: "
            + $"{{\"@type\": {Type}, sni: b.test}}}}}}, {{name: plain}}]\n"
            + "health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}, transport_socket_match_criteria: {mode: tls}}]");

        cluster.TransportMatches.Select(static match => (match.Name, match.Labels, match.Transport.Tls?.ServerName))
            .Should().Equal(("tls", """{"mode":"tls","level":2}""", "b.test"), ("plain", "{}", null));
        cluster.HealthCheck!.TransportLabels.Should().Be("""{"mode":"tls"}""");
    }

    [TestCase("allow_renegotiation: true", "allow_renegotiation")]
    [TestCase("enforce_rsa_key_usage: false", "enforce_rsa_key_usage")]
    [TestCase("common_tls_context: {tls_certificates: [{pkcs12: {inline_bytes: YQ==}, private_key: {inline_string: k}}]}", "private_key: must not stand beside pkcs12")]
    [TestCase("common_tls_context: {key_log: {remote_address_range: [{address_prefix: 10.0.0.1}]}}", "key_log.path")]
    [TestCase("common_tls_context: {key_log: {path: x, remote_address_range: [{address_prefix: there}]}}", "key_log.remote_address_range[0].address_prefix")]
    [TestCase("common_tls_context: {tls_certificates: [{private_key: {inline_string: k}}]}", "certificate_chain: required")]
    public void Upstream_WhatIsNotThere_IsRefusedByName(string settings, string fault)
    {
        Loading.Faults(Loading.ClusterText(Socket(settings))).Should().Contain(text => text.Contains(fault, StringComparison.Ordinal));
    }

    [Test]
    public void Upstream_CertificateThatSaysNothing_IsNone() =>
        Loading.Cluster(Socket("common_tls_context: {tls_certificates: [{}]}")).Transport.Tls!.Common.Certificates.Should().BeEmpty();

    [Test]
    public void Upstream_Staple_HasNoPlaceThere() =>
        Loading.Cluster(Socket("common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: c}, private_key: {inline_string: k}, ocsp_staple: {inline_string: junk}}]}"))
            .Transport.Tls!.Common.Certificates.Should().ContainSingle().Which.OcspStaple.Should().BeNull();

    [TestCase("tls_certificate: {}")]
    [TestCase("generic_secret: {}")]
    public void StaticSecret_ThatSaysNothing_IsRefusedWhereItIsUsedOnly(string kind)
    {
        var secrets = $"  secrets:\n  - {{name: s, {kind}}}\n";

        Loading.Faults(Loading.ClusterText("type: STATIC") + secrets).Should().BeEmpty();
        Loading.Faults(Loading.ClusterText(Socket("common_tls_context: {tls_certificate_sds_secret_configs: [{name: s}]}")) + secrets)
            .Should().ContainSingle().Which.Should().Contain("there is no static secret s");
    }

    [TestCase("false", true)]
    [TestCase("true", false, Description = "Envoy has no code for it")]
    public void RequiredServerName_CannotBeHad(string value, bool loads)
    {
        var faults = Loading.Faults(Loading.ListenerText(
            "filter_chains: [{filters: [{name: e, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}}], "
            + $"transport_socket: {{name: tls, typed_config: {{\"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, require_sni: {value}}}}}}}]"));
        faults.Any(static fault => fault.Contains("require_sni", StringComparison.Ordinal)).Should().Be(!loads);
    }

    [Test]
    public void StaticSecrets_StandInForWhatNamesThem()
    {
        const string Secrets = "  secrets:\n  - {name: own, tls_certificate: {certificate_chain: {inline_string: c}, private_key: {inline_string: k}}}\n"
            + "  - {name: ca, validation_context: {trusted_ca: {inline_string: roots}}}\n";
        var common = Loading.Config(Loading.ClusterText(Socket(
            "common_tls_context: {tls_certificate_sds_secret_configs: [{name: own}], combined_validation_context: "
            + "{default_validation_context: {max_verify_depth: 3}, validation_context_sds_secret_config: {name: ca}}}")) + Secrets).Clusters[0].Transport.Tls!.Common;

        common.Certificates.Should().Equal(new TlsCertificateConfig(new TlsBytes([.. "c"u8]), new TlsBytes([.. "k"u8])) { Name = "own" });
        common.Validation.Should().Be(new TlsValidationConfig { TrustedCa = new TlsBytes([.. "roots"u8]), MaxDepth = 3, Name = "ca" });
        common.NeedsSecrets.Should().BeFalse();
    }

    [TestCase("tls_certificate_sds_secret_configs: [{name: nope}]", "there is no static secret nope")]
    [TestCase("validation_context_sds_secret_config: {name: nope}", "there is no static secret nope")]
    [TestCase("tls_certificates: [{certificate_chain: {inline_string: c}, private_key: {inline_string: k}}], tls_certificate_sds_secret_configs: [{name: s}]", "has no effect")]
    public void Secrets_ThatCannotBeUsed_AreRefused(string settings, string fault)
    {
        Loading.Faults(Loading.ClusterText(Socket($"common_tls_context: {{{settings}}}"))).Should().Contain(text => text.Contains(fault, StringComparison.Ordinal));
    }

    private static string Spiffe(string settings) =>
        $"custom_validator_config: {{name: envoy.tls.cert_validator.spiffe, typed_config: {{\"@type\": {SpiffeType}, {settings}}}}}";

    private static string Socket(string settings) => $"transport_socket: {{name: tls, typed_config: {{\"@type\": {Type}, {settings}}}}}";
}
