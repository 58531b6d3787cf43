using Envoy.Extensions.TransportSockets.Tls.V3;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Tls;

/// <summary>Translates secrets and what names them.</summary>
internal static class SecretTranslator
{
    public const string Supported =
        """
        envoy.extensions.transport_sockets.tls.v3.Secret: *
        envoy.extensions.transport_sockets.tls.v3.GenericSecret: secret
        envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig: *
        envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext: default_validation_context validation_context_sds_secret_config
        """;

    /// <summary>It says of which kind it is and no more.</summary>
    public static bool IsEmpty(Secret secret) => secret.TlsCertificate?.CalculateSize() == 0 || secret.GenericSecret?.CalculateSize() == 0;

    /// <summary>A secret; null, with a fault in the list, when it has nothing that can be used.</summary>
    public static TlsSecretConfig? Translate(Secret secret, Place place, TranslationContext context)
    {
        var config = new TlsSecretConfig(secret.Name)
        {
            Certificate = Certificate(secret, place.Field("tls_certificate"), context),
            SessionTicketKeys = secret.SessionTicketKeys is { } keys ? TicketKeys(keys, place.Field("session_ticket_keys"), context) : null,
            Generic = secret.GenericSecret is { } generic ? CommonTlsTranslator.Bytes(generic.Secret, place.Field("generic_secret").Field("secret"), context) : null,
            Validation = secret.ValidationContext is { } validation ? TlsValidationTranslator.Translate(validation, place.Field("validation_context"), context) with { Name = secret.Name } : null,
        };
        return config is { Certificate: null, Validation: null, SessionTicketKeys: null, Generic: null } ? null : config;
    }

    private static TlsCertificateConfig? Certificate(Secret secret, Place place, TranslationContext context) =>
        secret.TlsCertificate is { } certificate && CommonTlsTranslator.Certificate(certificate, place, context) is { } config ? config with { Name = secret.Name } : null;

    /// <summary>Keys of session tickets.</summary>
    public static ConfigList<TlsBytes> TicketKeys(TlsSessionTicketKeys keys, Place place, TranslationContext context) =>
        keys.Keys.Select((key, i) => CommonTlsTranslator.Bytes(key, place.Field("keys").Item(i), context)).OfType<TlsBytes>().ToConfigList();

    /// <summary>Names a secret that is used as it is.</summary>
    public static TlsSecretReference? Generic(SdsSecretConfig named, Place place, TranslationContext context)
    {
        _ = Find(named, static secret => secret.Generic, place, context); // for its fault
        return Reference(named, place, context);
    }

    /// <summary>Takes keys of session tickets from the secret that is named: a static one itself where it is known.</summary>
    public static DownstreamTlsConfig AddTicketKeys(DownstreamTlsConfig config, SdsSecretConfig named, Place place, TranslationContext context) =>
        Find(named, static secret => secret.SessionTicketKeys, place, context) is { } keys
            ? config with { SessionTicketKeys = keys }
            : config with { SessionTicketKeysSecret = Reference(named, place, context) };

    /// <summary>Adds to <paramref name="config"/> the secrets that <paramref name="common"/> names: static ones themselves where they are known.</summary>
    public static CommonTlsConfig AddTo(CommonTlsConfig config, CommonTlsContext common, Place place, TranslationContext context)
    {
        var certificates = place.Field("tls_certificate_sds_secret_configs");
        if (common.TlsCertificates.Count > 0 && common.TlsCertificateSdsSecretConfigs.Count > 0)
        {
            context.Fault(certificates, "has no effect beside tls_certificates");
            return config;
        }

        for (var i = 0; i < common.TlsCertificateSdsSecretConfigs.Count; i++)
        {
            config = AddCertificate(config, common.TlsCertificateSdsSecretConfigs[i], certificates.Item(i), context);
        }

        if (common.CombinedValidationContext is not { } combined)
        {
            return common.ValidationContextSdsSecretConfig is { } alone
                ? AddValidation(config, alone, place.Field("validation_context_sds_secret_config"), context)
                : config;
        }

        var at = place.Field("combined_validation_context");
        if (combined.DefaultValidationContext is { } fallback)
        {
            config = config with { Validation = TlsValidationTranslator.Translate(fallback, at.Field("default_validation_context"), context) };
        }

        return combined.ValidationContextSdsSecretConfig is { } secret
            ? AddValidation(config, secret, at.Field("validation_context_sds_secret_config"), context)
            : config;
    }

    private static CommonTlsConfig AddCertificate(CommonTlsConfig config, SdsSecretConfig named, Place place, TranslationContext context)
    {
        if (Find(named, static secret => secret.Certificate, place, context) is { } certificate)
        {
            return config with { Certificates = [.. config.Certificates, certificate] };
        }

        return Reference(named, place, context) is { } reference ? config with { CertificateSecrets = [.. config.CertificateSecrets, reference] } : config;
    }

    private static CommonTlsConfig AddValidation(CommonTlsConfig config, SdsSecretConfig named, Place place, TranslationContext context)
    {
        if (Find(named, static secret => secret.Validation, place, context) is { } validation)
        {
            return config with { Validation = (config.Validation ?? new TlsValidationConfig()).Merge(validation) };
        }

        return config with { ValidationSecret = Reference(named, place, context) };
    }

    private static T? Find<T>(SdsSecretConfig named, Func<TlsSecretConfig, T?> part, Place place, TranslationContext context)
        where T : class
    {
        if (named.SdsConfig is not null)
        {
            return null;
        }

        var found = context.Secrets.Where(secret => secret.Name == named.Name).Select(part).FirstOrDefault(static secret => secret is not null);
        if (found is null && context.ChecksClusters)
        {
            context.Fault(place.Field("name"), $"there is no static secret {named.Name} of this kind");
        }

        return found;
    }

    // While the proxy runs, static secrets are found by who uses them.
    private static TlsSecretReference? Reference(SdsSecretConfig named, Place place, TranslationContext context)
    {
        if (named.SdsConfig is null)
        {
            return new TlsSecretReference(named.Name, null);
        }

        ResourceNames.Check(named.Name, place.Field("name"), context);
        return ConfigSourceTranslator.Translate(named.SdsConfig, place.Field("sds_config"), context) is { } source ? new TlsSecretReference(named.Name, source) : null;
    }
}
