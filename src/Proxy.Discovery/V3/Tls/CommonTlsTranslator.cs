using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Tls;

/// <summary>Translates what both sides of TLS have in common.</summary>
internal static class CommonTlsTranslator
{
    public const string Supported =
        $"""
        envoy.extensions.transport_sockets.tls.v3.CommonTlsContext: tls_params tls_certificates tls_certificate_sds_secret_configs validation_context validation_context_sds_secret_config combined_validation_context alpn_protocols key_log
        envoy.extensions.transport_sockets.tls.v3.TlsKeyLog: *
        envoy.extensions.transport_sockets.tls.v3.TlsParameters: tls_minimum_protocol_version tls_maximum_protocol_version cipher_suites ecdh_curves signature_algorithms
        envoy.extensions.transport_sockets.tls.v3.TlsCertificate: certificate_chain private_key pkcs12 password ocsp_staple signed_certificate_timestamp watched_directory
        envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext: trusted_ca verify_certificate_spki verify_certificate_hash match_typed_subject_alt_names match_subject_alt_names crl allow_expired_certificate trust_chain_verification only_verify_leaf_cert_crl max_verify_depth watched_directory custom_validator_config
        envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher: *
        {SecretTranslator.Supported}
        """;

    public static CommonTlsConfig Translate(CommonTlsContext? common, Place place, TranslationContext context)
    {
        if (common is null)
        {
            return new CommonTlsConfig();
        }

        var certificates = place.Field("tls_certificates");
        var config = new CommonTlsConfig
        {
            Parameters = Parameters(common.TlsParams),
            Certificates = common.TlsCertificates.Select((certificate, i) => Certificate(certificate, certificates.Item(i), context)).OfType<TlsCertificateConfig>().ToConfigList(),
            Validation = common.ValidationContext is { } validation ? TlsValidationTranslator.Translate(validation, place.Field("validation_context"), context) : null,
            ApplicationProtocols = common.AlpnProtocols.SelectMany(static names => names.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToConfigList(), // joined by commas in Envoy
            KeyLog = common.KeyLog is { } log ? KeyLog(log, place.Field("key_log"), context) : null,
        };
        return SecretTranslator.AddTo(config, common, place, context);
    }

    /// <summary>The same for the side that connects. As in Envoy, a certificate that says nothing is none there, and staples are for servers.</summary>
    public static CommonTlsConfig TranslateForClient(CommonTlsContext? common, Place place, TranslationContext context)
    {
        if (common is { TlsCertificates: [var only] } && only.CalculateSize() == 0)
        {
            common.TlsCertificates.Clear();
        }

        foreach (var certificate in common?.TlsCertificates ?? [])
        {
            certificate.OcspStaple = null;
        }

        return Translate(common, place, context);
    }

    /// <summary>Bytes that a configuration holds or names; null when there are none, or with a fault in the list.</summary>
    public static TlsBytes? Bytes(DataSource? source, Place place, TranslationContext context)
    {
        if (source is null || DataSourceReader.Read(source, place, context) is not { } bytes)
        {
            return null;
        }

        return new TlsBytes(bytes.ToConfigList()) { Path = source.SpecifierCase == DataSource.SpecifierOneofCase.Filename ? source.Filename : "" };
    }

    private static TlsKeyLogConfig KeyLog(TlsKeyLog log, Place place, TranslationContext context) => new(log.Path)
    {
        LocalRanges = CidrTranslator.Translate(log.LocalAddressRange, place.Field("local_address_range"), context),
        RemoteRanges = CidrTranslator.Translate(log.RemoteAddressRange, place.Field("remote_address_range"), context),
    };

    private static TlsParametersConfig Parameters(TlsParameters? parameters) => parameters is null
        ? new TlsParametersConfig()
        : new TlsParametersConfig
        {
            Minimum = (TlsVersion)parameters.TlsMinimumProtocolVersion,
            Maximum = (TlsVersion)parameters.TlsMaximumProtocolVersion,
            CipherSuites = parameters.CipherSuites.Where(static suite => suite.Length > 0).ToConfigList(),
            Curves = parameters.EcdhCurves.ToConfigList(),
            SignatureAlgorithms = parameters.SignatureAlgorithms.ToConfigList(),
        };

    /// <summary>A certificate; null, with a fault in the list, when it is not whole. Its files are read again from time to time, in watched folders too.</summary>
    public static TlsCertificateConfig? Certificate(TlsCertificate certificate, Place place, TranslationContext context)
    {
        if (certificate.Pkcs12 is not null)
        {
            return Archive(certificate, place, context);
        }

        if (certificate.CertificateChain is null || certificate.PrivateKey is null)
        {
            context.Fault(place.Field(certificate.CertificateChain is null ? "certificate_chain" : "private_key"), "required");
            return null;
        }

        var chain = Bytes(certificate.CertificateChain, place.Field("certificate_chain"), context);
        var key = Bytes(certificate.PrivateKey, place.Field("private_key"), context);
        return chain is null || key is null ? null : new TlsCertificateConfig(chain, key)
        {
            Password = Bytes(certificate.Password, place.Field("password"), context),
            OcspStaple = Bytes(certificate.OcspStaple, place.Field("ocsp_staple"), context),
        };
    }

    private static TlsCertificateConfig? Archive(TlsCertificate certificate, Place place, TranslationContext context)
    {
        foreach (var (other, field) in new[] { (certificate.CertificateChain, "certificate_chain"), (certificate.PrivateKey, "private_key") })
        {
            if (other is not null)
            {
                context.Fault(place.Field(field), "must not stand beside pkcs12");
            }
        }

        return Bytes(certificate.Pkcs12, place.Field("pkcs12"), context) is not { } archive ? null : TlsCertificateConfig.FromPkcs12(archive) with
        {
            Password = Bytes(certificate.Password, place.Field("password"), context),
            OcspStaple = Bytes(certificate.OcspStaple, place.Field("ocsp_staple"), context),
        };
    }
}
