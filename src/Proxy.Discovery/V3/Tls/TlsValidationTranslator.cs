using Envoy.Extensions.TransportSockets.Tls.V3;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Discovery.V3.Common;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Proxy.Discovery.V3.Tls;

/// <summary>Translates how peers' certificates are checked.</summary>
internal static class TlsValidationTranslator
{
    public static TlsValidationConfig Translate(CertificateValidationContext validation, Place place, TranslationContext context)
    {
        var names = place.Field("match_typed_subject_alt_names");
        return new TlsValidationConfig
        {
            TrustedCa = CommonTlsTranslator.Bytes(validation.TrustedCa, place.Field("trusted_ca"), context),
            CertificatePins = validation.VerifyCertificateHash.ToConfigList(),
            SpkiPins = validation.VerifyCertificateSpki.ToConfigList(),
            SubjectAltNames = validation.MatchTypedSubjectAltNames.Select((name, i) => Name(name, names.Item(i), context))
                .Concat(validation.MatchSubjectAltNames.Select((text, i) => AnyName(text, place.Field("match_subject_alt_names").Item(i), context)))
                .ToConfigList(),
            Crl = CommonTlsTranslator.Bytes(validation.Crl, place.Field("crl"), context),
            CrlForLeafOnly = validation.OnlyVerifyLeafCertCrl,
            AllowExpired = validation.AllowExpiredCertificate,
            AcceptUntrusted = validation.TrustChainVerification == CertificateValidationContext.Types.TrustChainVerification.AcceptUntrusted,
            MaxDepth = validation.MaxVerifyDepth.ToIntOrNull(),
            Spiffe = validation.CustomValidatorConfig is { } custom
                ? (SpiffeValidationConfig?)context.Extensions.Translate(custom.TypedConfig, place.Field("custom_validator_config").Field("typed_config"), context)
                : null,
        };
    }

    // The older field, which does not tell kinds of names apart.
    private static TlsSanMatcherConfig AnyName(Envoy.Type.Matcher.V3.StringMatcher text, Place place, TranslationContext context) =>
        new(TlsSanType.Any, MatcherTranslator.Translate(text, place, context));

    private static TlsSanMatcherConfig Name(SubjectAltNameMatcher name, Place place, TranslationContext context) =>
        new((TlsSanType)name.SanType, MatcherTranslator.Translate(name.Matcher, place.Field("matcher"), context))
        {
            Oid = name.SanType == SanType.OtherName ? name.Oid : "",
        };
}
