using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>What the portable engine cannot do, by the names of Envoy's fields.</summary>
internal static class PortableLimits
{
    private const string Common = "common_tls_context.";
    private const string Reason = "needs OpenSSL 3, which is not in use here";

    /// <exception cref="ConfigException">It asks for what the engine has not.</exception>
    public static void Check(DownstreamTlsConfig config)
    {
        var faults = new FaultList();
        Check(config.Common, faults);
        Refuse(faults, config.SessionTicketKeys.Count > 0, "session_ticket_keys");
        Refuse(faults, config.SessionTimeout is not null, "session_timeout");
        Refuse(faults, config.DisableStatelessResumption && !config.DisableStatefulResumption, "disable_stateless_session_resumption");
        Refuse(faults, config.DisableStatefulResumption && !config.DisableStatelessResumption, "disable_stateful_session_resumption");
        Refuse(faults, config.OcspStaplePolicy != OcspStaplePolicy.Lenient, "ocsp_staple_policy");
        Refuse(faults, config.PreferClientCiphers, "prefer_client_ciphers");
        faults.ThrowIfAny();
    }

    /// <exception cref="ConfigException">It asks for what the engine has not.</exception>
    public static void Check(UpstreamTlsConfig config)
    {
        var faults = new FaultList();
        Check(config.Common, faults);
        Refuse(faults, config.MaxSessions > 1, "max_session_keys");
        faults.ThrowIfAny();
    }

    private static void Check(CommonTlsConfig config, FaultList faults)
    {
        var parameters = config.Parameters;
        Refuse(faults, parameters.Minimum is TlsVersion.Tls10 or TlsVersion.Tls11, Common + "tls_params.tls_minimum_protocol_version");
        Refuse(faults, parameters.Maximum is TlsVersion.Tls10 or TlsVersion.Tls11, Common + "tls_params.tls_maximum_protocol_version");
        Refuse(faults, parameters.CipherSuites.Count > 0, Common + "tls_params.cipher_suites");
        Refuse(faults, parameters.Curves.Count > 0, Common + "tls_params.ecdh_curves");
        Refuse(faults, parameters.SignatureAlgorithms.Count > 0, Common + "tls_params.signature_algorithms");
        for (var i = 0; i < config.Certificates.Count; i++)
        {
            Refuse(faults, config.Certificates[i].OcspStaple is not null, $"{Common}tls_certificates[{i}].ocsp_staple");
        }

        Refuse(faults, config.KeyLog is not null, Common + "key_log");
        Refuse(faults, config.Validation is { Crl: not null }, Common + "validation_context.crl");
        Refuse(faults, config.Validation is { MaxDepth: not null }, Common + "validation_context.max_verify_depth");
        Refuse(faults, config.Validation is { Spiffe: not null }, Common + "validation_context.custom_validator_config");
    }

    private static void Refuse(FaultList faults, bool asked, string field)
    {
        if (asked)
        {
            faults.Add(field, Reason);
        }
    }
}
