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
        if (config.TrustedCa is null)
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

    private static bool IsObjectIdentifier(string oid)
    {
        var parts = oid.Split('.');
        return parts.Length >= 2 && parts[0] is "0" or "1" or "2" && parts.All(static part => part.Length > 0 && part.All(char.IsAsciiDigit));
    }
}
