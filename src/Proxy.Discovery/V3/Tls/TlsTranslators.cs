using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Proxy.Configuration.Tls;

namespace Proxy.Discovery.V3.Tls;

/// <summary>TLS towards clients.</summary>
internal sealed class DownstreamTlsTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

    public override string Supported =>
        $"""
        envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext: common_tls_context require_client_certificate session_ticket_keys session_ticket_keys_sds_secret_config disable_stateless_session_resumption disable_stateful_session_resumption session_timeout ocsp_staple_policy full_scan_certs_on_sni_mismatch prefer_client_ciphers require_sni=false
        envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys: *
        {CommonTlsTranslator.Supported}
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var tls = DownstreamTlsContext.Parser.Read(message);
        var config = new DownstreamTlsConfig
        {
            Common = CommonTlsTranslator.Translate(tls.CommonTlsContext, place.Field("common_tls_context"), context),
            RequireClientCertificate = tls.RequireClientCertificate ?? false,
            SessionTicketKeys = SecretTranslator.TicketKeys(tls.SessionTicketKeys ?? new TlsSessionTicketKeys(), place.Field("session_ticket_keys"), context),
            DisableStatelessResumption = tls.DisableStatelessSessionResumption,
            DisableStatefulResumption = tls.DisableStatefulSessionResumption,
            SessionTimeout = tls.SessionTimeout.ToTimeSpanOrNull(),
            OcspStaplePolicy = (OcspStaplePolicy)tls.OcspStaplePolicy,
            FullScanOnNameMismatch = tls.FullScanCertsOnSniMismatch ?? false,
            PreferClientCiphers = tls.PreferClientCiphers,
        };
        return tls.SessionTicketKeysSdsSecretConfig is { } named
            ? SecretTranslator.AddTicketKeys(config, named, place.Field("session_ticket_keys_sds_secret_config"), context)
            : config;
    }
}

/// <summary>TLS towards upstreams.</summary>
internal sealed class UpstreamTlsTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

    public override string Supported =>
        """
        envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext: common_tls_context sni auto_host_sni auto_sni_san_validation allow_renegotiation=false max_session_keys enforce_rsa_key_usage=true
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var tls = UpstreamTlsContext.Parser.Read(message);
        return new UpstreamTlsConfig
        {
            Common = CommonTlsTranslator.TranslateForClient(tls.CommonTlsContext, place.Field("common_tls_context"), context),
            ServerName = tls.Sni,
            HostNameAsServerName = tls.AutoHostSni,
            ValidateServerName = tls.AutoSniSanValidation,
            MaxSessions = tls.MaxSessionKeys.ToIntOrNull() ?? 1,
        };
    }
}
