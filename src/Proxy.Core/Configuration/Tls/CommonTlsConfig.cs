using Proxy.Configuration.Http;

namespace Proxy.Configuration.Tls;

/// <summary>What both sides of TLS have in common (Envoy <c>CommonTlsContext</c>).</summary>
public sealed record CommonTlsConfig
{
    /// <summary>Versions, cipher suites, groups.</summary>
    public TlsParametersConfig Parameters { get; init; } = new();

    /// <summary>Own certificates. A server picks one by server name and by what the client understands; a client shows the first.</summary>
    public ConfigList<TlsCertificateConfig> Certificates { get; init; } = [];

    /// <summary>How the peer's certificate is checked; null does not ask for one (server) or takes any (client).</summary>
    public TlsValidationConfig? Validation { get; init; }

    /// <summary>Application protocols (ALPN), most wanted first. Without overlap the handshake goes on with none.</summary>
    public ConfigList<string> ApplicationProtocols { get; init; } = [];

    /// <summary>Logs the secrets of sessions; null does not. Whoever reads that log reads the traffic.</summary>
    public TlsKeyLogConfig? KeyLog { get; init; }

    /// <summary>Secrets that are used like <see cref="Certificates"/>.</summary>
    internal ConfigList<TlsSecretReference> CertificateSecrets { get; init; } = [];

    /// <summary>The secret that is merged over <see cref="Validation"/>; null for none.</summary>
    internal TlsSecretReference? ValidationSecret { get; init; }

    /// <summary>It cannot be used without its secrets.</summary>
    internal bool NeedsSecrets => CertificateSecrets.Count > 0 || ValidationSecret is not null;
}

/// <summary>Versions of TLS (Envoy <c>TlsParameters.TlsProtocol</c>).</summary>
public enum TlsVersion
{
    /// <summary>What is usual: from 1.2, up to 1.3 for servers and 1.2 for clients.</summary>
    Auto,

    /// <summary>TLS 1.0; broken, for old peers only.</summary>
    Tls10,

    /// <summary>TLS 1.1; broken, for old peers only.</summary>
    Tls11,

    /// <summary>TLS 1.2.</summary>
    Tls12,

    /// <summary>TLS 1.3.</summary>
    Tls13,
}

/// <summary>Parameters of handshakes (Envoy <c>TlsParameters</c>).</summary>
public sealed record TlsParametersConfig
{
    /// <summary>Oldest version. Default: 1.2.</summary>
    public TlsVersion Minimum { get; init; }

    /// <summary>Newest version. Default: 1.3 for servers, 1.2 for clients.</summary>
    public TlsVersion Maximum { get; init; }

    /// <summary>Cipher suites up to TLS 1.2, by OpenSSL's names, most wanted first; <c>[A|B]</c> are equal. Empty is the default list.</summary>
    public ConfigList<string> CipherSuites { get; init; } = [];

    /// <summary>Groups for key exchange, most wanted first. Empty is X25519, P-256.</summary>
    public ConfigList<string> Curves { get; init; } = [];

    /// <summary>Signature algorithms, by their names in TLS. Empty is the library's list.</summary>
    public ConfigList<string> SignatureAlgorithms { get; init; } = [];
}

/// <summary>A certificate with its key (Envoy <c>TlsCertificate</c>).</summary>
/// <param name="Chain">The certificate in PEM, and those between it and the root behind it; empty with <see cref="Pkcs12"/>.</param>
/// <param name="PrivateKey">The key in PEM; empty with <see cref="Pkcs12"/>.</param>
public sealed record TlsCertificateConfig(TlsBytes Chain, TlsBytes PrivateKey)
{
    /// <summary>Certificate, chain and key in one archive, instead of <see cref="Chain"/> and <see cref="PrivateKey"/>; null for none.</summary>
    public TlsBytes? Pkcs12 { get; init; }

    /// <summary>Password of an encrypted key or archive; null for none.</summary>
    public TlsBytes? Password { get; init; }

    /// <summary>OCSP response in DER that goes with the certificate; null for none.</summary>
    public TlsBytes? OcspStaple { get; init; }

    /// <summary>Name of the secret that it came with; empty for none.</summary>
    internal string Name { get; init; } = "";

    /// <summary>What holds the certificate.</summary>
    internal TlsBytes Source => Pkcs12 ?? Chain;

    /// <summary>A certificate of an archive.</summary>
    public static TlsCertificateConfig FromPkcs12(TlsBytes archive) => new(new TlsBytes([]), new TlsBytes([])) { Pkcs12 = archive };
}

/// <summary>How a peer's certificate is checked (Envoy <c>CertificateValidationContext</c>). All that is set must hold.</summary>
public sealed record TlsValidationConfig
{
    /// <summary>Roots in PEM; null trusts nobody by chain.</summary>
    public TlsBytes? TrustedCa { get; init; }

    /// <summary>SHA-256 of acceptable certificates, in hex; any of these or of <see cref="SpkiPins"/>.</summary>
    public ConfigList<string> CertificatePins { get; init; } = [];

    /// <summary>SHA-256 of acceptable public keys, in base64.</summary>
    public ConfigList<string> SpkiPins { get; init; } = [];

    /// <summary>Acceptable subject alternative names; any of these. Empty takes all.</summary>
    public ConfigList<TlsSanMatcherConfig> SubjectAltNames { get; init; } = [];

    /// <summary>Revocation lists in PEM; null checks none.</summary>
    public TlsBytes? Crl { get; init; }

    /// <summary>Looks up the leaf certificate only in <see cref="Crl"/>. Default false: the whole chain.</summary>
    public bool CrlForLeafOnly { get; init; }

    /// <summary>Takes certificates outside their time. Default false.</summary>
    public bool AllowExpired { get; init; }

    /// <summary>Goes on with a certificate that fails any check, but does not call it validated (<c>ACCEPT_UNTRUSTED</c>). Default false.</summary>
    public bool AcceptUntrusted { get; init; }

    /// <summary>Certificates between leaf and root; null is 100.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Roots by trust domain, in place of <see cref="TrustedCa"/>; clients must have a certificate, and only URI names are looked at. Null for none.</summary>
    public SpiffeValidationConfig? Spiffe { get; init; }

    /// <summary>Name of the secret that it came with; empty for none.</summary>
    internal string Name { get; init; } = "";

    /// <summary>What holds with <paramref name="over"/> on top: single values of that win, lists add up.</summary>
    internal TlsValidationConfig Merge(TlsValidationConfig over) => new()
    {
        TrustedCa = over.TrustedCa ?? TrustedCa,
        CertificatePins = [.. CertificatePins, .. over.CertificatePins],
        SpkiPins = [.. SpkiPins, .. over.SpkiPins],
        SubjectAltNames = [.. SubjectAltNames, .. over.SubjectAltNames],
        Crl = over.Crl ?? Crl,
        CrlForLeafOnly = CrlForLeafOnly || over.CrlForLeafOnly,
        AllowExpired = AllowExpired || over.AllowExpired,
        AcceptUntrusted = AcceptUntrusted || over.AcceptUntrusted,
        MaxDepth = over.MaxDepth ?? MaxDepth,
        Spiffe = over.Spiffe ?? Spiffe,
        Name = over.Name.Length > 0 ? over.Name : Name,
    };
}

/// <summary>Kinds of subject alternative names (Envoy <c>SubjectAltNameMatcher.SanType</c>).</summary>
public enum TlsSanType
{
    /// <summary>Any of the others but <see cref="OtherName"/>.</summary>
    Any,

    /// <summary>Mail address.</summary>
    Email,

    /// <summary>DNS name; a wildcard of the certificate covers one label when compared exactly.</summary>
    Dns,

    /// <summary>URI.</summary>
    Uri,

    /// <summary>IP address.</summary>
    IpAddress,

    /// <summary>Other name, told apart by its object identifier.</summary>
    OtherName,
}

/// <summary>A condition on a subject alternative name (Envoy <c>SubjectAltNameMatcher</c>).</summary>
/// <param name="Type">Which names are compared.</param>
/// <param name="Text">With what.</param>
public sealed record TlsSanMatcherConfig(TlsSanType Type, StringMatcherConfig Text)
{
    /// <summary>Object identifier of an <see cref="TlsSanType.OtherName"/>, in dots.</summary>
    public string Oid { get; init; } = "";
}
