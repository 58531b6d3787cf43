using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates TLS of listeners and clusters.</summary>
internal static class Tls
{
    public const string Objects =
        """
        ssl_context
          cert_chain_file! text
          private_key_file! text
          alpn_protocols text
          alt_alpn_protocols text
          ca_cert_file text
          require_client_certificate bool
          verify_certificate_hash text
          verify_subject_alt_name list text
          crl_file text
          cipher_suites nonempty text
          ecdh_curves nonempty text
          session_ticket_key_paths list text
        upstream_ssl_context
          alpn_protocols text
          cert_chain_file text
          private_key_file text
          ca_cert_file text
          verify_certificate_hash text
          verify_subject_alt_name list text
          cipher_suites nonempty text
          ecdh_curves nonempty text
          sni text
        """;

    private const string Package = "envoy.extensions.transport_sockets.tls.v3.";

    private static readonly string[] NameKinds = ["DNS", "URI"];

    /// <summary>The transport socket of a listener.</summary>
    public static V3Map Downstream(ConfigNode tls, V1Context context)
    {
        if (tls.Get("alt_alpn_protocols") is { } alternative)
        {
            context.Warn(alternative, "is left out: there is no second list of protocols any more, and runtime ssl.alt_alpn chooses none");
        }

        // What is verified has to be there: v1 did not say so, and refused clients without a certificate all the same.
        var isPinned = tls.Get("verify_certificate_hash") ?? tls.Get("verify_subject_alt_name");
        var keys = tls.ItemsOf("session_ticket_key_paths").Select(File);
        var config = V3Map.Packed(tls, Package + "DownstreamTlsContext").With("common_tls_context", Common(tls, context));
        config = isPinned is null ? config.Copy(tls, "require_client_certificate") : config.With("require_client_certificate", true);
        if (tls.Get("session_ticket_key_paths") is { Items.Count: > 0 } paths)
        {
            config.With("session_ticket_keys", V3Map.At(paths).With("keys", keys));
        }

        return V3Map.Extension(tls, "envoy.transport_sockets.tls", config);
    }

    /// <summary>The transport socket of a cluster.</summary>
    public static V3Map Upstream(ConfigNode tls, V1Context context)
    {
        var config = V3Map.Packed(tls, Package + "UpstreamTlsContext").With("common_tls_context", Common(tls, context)).Copy(tls, "sni");
        return V3Map.Extension(tls, "envoy.transport_sockets.tls", config);
    }

    private static V3Map Common(ConfigNode tls, V1Context context)
    {
        var hasCertificate = tls.TextOf("cert_chain_file").Length > 0;
        if (!hasCertificate)
        {
            context.WarnUnused(tls, "there is no certificate to this key", "private_key_file");
        }
        else if (tls.TextOf("private_key_file").Length == 0)
        {
            context.Fault(tls.Get("private_key_file") ?? tls, "required", "key 'private_key_file' is missing");
        }

        return V3Map.At(tls)
            .With("tls_params", Parameters(tls))
            .With("tls_certificates", hasCertificate ? V3Map.List(Certificate(tls)) : null)
            .With("validation_context", Validation(tls, context))
            .With("alpn_protocols", Split(tls.Get("alpn_protocols"), ','));
    }

    private static V3Map? Parameters(ConfigNode tls)
    {
        var parameters = V3Map.At(tls)
            .With("cipher_suites", Split(tls.Get("cipher_suites"), ':'))
            .With("ecdh_curves", Split(tls.Get("ecdh_curves"), ':'));
        return parameters.IsEmpty ? null : parameters;
    }

    private static V3Map Certificate(ConfigNode tls)
    {
        var key = tls.Get("private_key_file");
        return V3Map.At(tls)
            .With("certificate_chain", File(tls.Get("cert_chain_file")!))
            .With("private_key", key is null ? null : File(key));
    }

    private static V3Map? Validation(ConfigNode tls, V1Context context)
    {
        var names = tls.Get("verify_subject_alt_name");
        var authority = tls.Get("ca_cert_file") is { Text.Length: > 0 } file ? file : null;
        if (names is not null && authority is null)
        {
            context.Unsupported(names, "names cannot be verified without ca_cert_file: anybody could write them into a certificate");
            return null;
        }

        var validation = V3Map.At(tls)
            .With("trusted_ca", authority is null ? null : File(authority))
            .With("verify_certificate_hash", tls.Get("verify_certificate_hash") is { } hash ? [hash] : (IEnumerable<ConfigNode>)[])
            .With("match_typed_subject_alt_names", (names?.Items ?? []).SelectMany(static name => Names(name)))
            .With("crl", tls.Get("crl_file") is { } list ? File(list) : null);
        return validation.IsEmpty ? null : validation;
    }

    // v1 did not ask what kind of name it was.
    private static IEnumerable<ConfigNode> Names(ConfigNode name) => NameKinds.Select(kind =>
        V3Map.At(name).With("san_type", kind).With("matcher", V3Map.At(name).With("exact", name)).ToNode());

    private static IEnumerable<ConfigNode> Split(ConfigNode? text, char separator) =>
        text is null ? [] : text.Text.Split(separator, StringSplitOptions.RemoveEmptyEntries).Select(part => text.As(part));

    private static ConfigNode File(ConfigNode path) => V3Map.At(path).With("filename", path).ToNode();
}
