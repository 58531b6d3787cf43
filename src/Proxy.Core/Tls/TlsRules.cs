using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls;

/// <summary>Rules of TLS configurations that hold for every engine. Paths are those of Envoy's fields.</summary>
internal static class TlsRules
{
    private const int MaxProtocol = 255;

    public static void Check(CommonTlsConfig config)
    {
        var faults = new FaultList();
        if (config.ApplicationProtocols.Any(static name => name.Length > MaxProtocol))
        {
            faults.Add("common_tls_context.alpn_protocols", $"names must have at most {MaxProtocol} bytes");
        }

        if (config.Validation is { } validation)
        {
            Check(validation, "common_tls_context.validation_context", faults);
        }

        faults.ThrowIfAny();
    }

    private static void Check(TlsValidationConfig config, string path, FaultList faults)
    {
        if (config.Spiffe is { } spiffe)
        {
            Check(spiffe, config, path, faults);
        }
        else if (config.TrustedCa is null)
        {
            if (config.SubjectAltNames.Count > 0)
            {
                faults.Add($"{path}.match_typed_subject_alt_names", "SAN-based verification of peer certificates without trusted CA is insecure and not allowed");
            }

            if (config.AllowExpired)
            {
                faults.Add($"{path}.allow_expired_certificate", "needs a trusted CA");
            }

            if (config.Crl is not null)
            {
                faults.Add($"{path}.crl", "needs a trusted CA");
            }
        }

        for (var i = 0; i < config.SubjectAltNames.Count; i++)
        {
            if (config.SubjectAltNames[i] is { Type: TlsSanType.OtherName, Oid: var oid } && !IsObjectIdentifier(oid))
            {
                faults.Add($"{path}.match_typed_subject_alt_names[{i}].oid", oid.Length == 0 ? "required for OTHER_NAME" : "must be numbers with dots between");
            }
        }
    }

    // What the validator of trust domains does not look at.
    private static void Check(SpiffeValidationConfig spiffe, TlsValidationConfig config, string path, FaultList faults)
    {
        Refuse(config.TrustedCa is not null, "trusted_ca");
        Refuse(config.CertificatePins.Count > 0, "verify_certificate_hash");
        Refuse(config.SpkiPins.Count > 0, "verify_certificate_spki");
        Refuse(config.Crl is not null, "crl");
        Refuse(config.CrlForLeafOnly, "only_verify_leaf_cert_crl");
        Refuse(config.AcceptUntrusted, "trust_chain_verification");
        Refuse(config.MaxDepth is not null, "max_verify_depth");
        for (var i = 0; i < config.SubjectAltNames.Count; i++)
        {
            Refuse(config.SubjectAltNames[i].Type is not (TlsSanType.Uri or TlsSanType.Any), $"match_typed_subject_alt_names[{i}].san_type");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spiffe.TrustDomains.Count; i++)
        {
            if (!names.Add(spiffe.TrustDomains[i].Name))
            {
                faults.Add($"{path}.custom_validator_config.typed_config.trust_domains[{i}].name", $"{spiffe.TrustDomains[i].Name} stands here twice");
            }
        }

        if (spiffe.TrustDomains.Count == 0)
        {
            faults.Add($"{path}.custom_validator_config.typed_config.trust_domains", "required");
        }

        void Refuse(bool isThere, string field)
        {
            if (isThere)
            {
                faults.Add($"{path}.{field}", "has no effect beside custom_validator_config");
            }
        }
    }

    private static bool IsObjectIdentifier(string oid)
    {
        var parts = oid.Split('.');
        return parts.Length >= 2 && parts[0] is "0" or "1" or "2" && parts.All(static part => part.Length > 0 && part.All(char.IsAsciiDigit));
    }
}
