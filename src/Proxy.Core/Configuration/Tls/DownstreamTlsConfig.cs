namespace Proxy.Configuration.Tls;

/// <summary>TLS towards clients (Envoy <c>DownstreamTlsContext</c>).</summary>
public sealed record DownstreamTlsConfig
{
    /// <summary>What both sides have in common.</summary>
    public CommonTlsConfig Common { get; init; } = new();

    /// <summary>Refuses clients without a certificate. Without a validation none is asked for. Default false.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>Keys of session tickets, 80 bytes each: name, HMAC key, AES key. The first makes tickets, all open them. Empty: a key of this process.</summary>
    public ConfigList<TlsBytes> SessionTicketKeys { get; init; } = [];

    /// <summary>The secret with these keys instead; null for none.</summary>
    public TlsSecretReference? SessionTicketKeysSecret { get; init; }

    /// <summary>Hands out no tickets; ends resumption in TLS 1.3. Default false.</summary>
    public bool DisableStatelessResumption { get; init; }

    /// <summary>Keeps no sessions of TLS 1.2 by their id. Default false.</summary>
    public bool DisableStatefulResumption { get; init; }

    /// <summary>How long sessions can be resumed; null is two hours.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>What happens when an OCSP response is missing or old.</summary>
    public OcspStaplePolicy OcspStaplePolicy { get; init; }

    /// <summary>Looks at all certificates when none has the name that the client asks for, instead of taking the first. Default false.</summary>
    public bool FullScanOnNameMismatch { get; init; }

    /// <summary>Picks the cipher suite by the client's order instead of the server's. Default false.</summary>
    public bool PreferClientCiphers { get; init; }
}

/// <summary>What happens when an OCSP response is missing or old (Envoy <c>DownstreamTlsContext.OcspStaplePolicy</c>).</summary>
public enum OcspStaplePolicy
{
    /// <summary>Stapled while it is valid, left out else.</summary>
    Lenient,

    /// <summary>A certificate is used only as long as the response it has is valid.</summary>
    Strict,

    /// <summary>Every certificate must have one, and is used only while it is valid.</summary>
    MustStaple,
}
