using System.Security.Cryptography;

namespace Proxy.Tls;

/// <summary>An X.509 certificate to look at. Read when first asked; from any thread.</summary>
public sealed class TlsCertificateInfo
{
    private readonly byte[] _encoded;
    private readonly Lazy<CertificateFields> _fields;

    internal TlsCertificateInfo(byte[] encoded)
    {
        _encoded = encoded;
        _fields = new Lazy<CertificateFields>(() => CertificateReader.Read(_encoded));
    }

    /// <summary>The certificate in DER.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>Subject as RFC 2253 writes it.</summary>
    public string Subject => _fields.Value.Subject;

    /// <summary>Issuer as RFC 2253 writes it.</summary>
    public string Issuer => _fields.Value.Issuer;

    /// <summary>Serial number in lower-case hex.</summary>
    public string SerialNumber => _fields.Value.SerialNumber;

    /// <summary>Begin of its time.</summary>
    public DateTimeOffset NotBefore => _fields.Value.NotBefore;

    /// <summary>End of its time.</summary>
    public DateTimeOffset NotAfter => _fields.Value.NotAfter;

    /// <summary>SHA-256 of the certificate in lower-case hex.</summary>
    public string Sha256 => field ??= Convert.ToHexStringLower(SHA256.HashData(_encoded));

    /// <summary>SHA-1 of the certificate in lower-case hex; an identifier, not a protection.</summary>
#pragma warning disable CA5350 // a format operator asks for it by name
    public string Sha1 => field ??= Convert.ToHexStringLower(SHA1.HashData(_encoded));
#pragma warning restore CA5350

    /// <summary>The certificate in PEM.</summary>
    public string Pem => field ??= PemEncoding.WriteString("CERTIFICATE", _encoded) + "\n";

    /// <summary><see cref="Pem"/> for places that take no line ends: letters, digits and <c>-</c> stay, the rest is <c>%XX</c>.</summary>
    internal string UrlEncodedPem => field ??= Pem
        .Replace("+", "%2B", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal).Replace("=", "%3D", StringComparison.Ordinal)
        .Replace(" ", "%20", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    /// <summary>Common name of the subject; empty for none.</summary>
    internal string CommonName => _fields.Value.CommonName;

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo).</summary>
    internal ReadOnlySpan<byte> PublicKeyHash => _fields.Value.PublicKeyHash;

    /// <summary>Subject alternative names, in their order.</summary>
    internal IReadOnlyList<SubjectAltName> AltNames => _fields.Value.AltNames;

    /// <summary>Its URI names, joined by commas; empty for none.</summary>
    internal string UriNames => field ??= string.Join(',', NamesOf(SubjectAltNameKind.Uri));

    /// <summary>Its DNS names, joined by commas; empty for none.</summary>
    internal string DnsNames => field ??= string.Join(',', NamesOf(SubjectAltNameKind.Dns));

    /// <summary>The names of one kind, in their order.</summary>
    internal IEnumerable<string> NamesOf(SubjectAltNameKind kind) => AltNames.Where(name => name.Kind == kind).Select(static name => name.Value);
}

/// <summary>A subject alternative name as text.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Value">Its text.</param>
/// <param name="Oid">Object identifier of an other name, in dots; empty for all else.</param>
internal readonly record struct SubjectAltName(SubjectAltNameKind Kind, string Value, string Oid = "");

/// <summary>Kinds of subject alternative names, by their tags (RFC 5280, 4.2.1.6).</summary>
internal enum SubjectAltNameKind
{
    /// <summary>Other name.</summary>
    Other = 0,

    /// <summary>Mail address.</summary>
    Email = 1,

    /// <summary>DNS name.</summary>
    Dns = 2,

    /// <summary>URI.</summary>
    Uri = 6,

    /// <summary>IP address.</summary>
    IpAddress = 7,
}

/// <summary>What <see cref="CertificateReader"/> finds.</summary>
internal sealed record CertificateFields(
    string Subject,
    string CommonName,
    string Issuer,
    string SerialNumber,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    byte[] PublicKeyHash,
    IReadOnlyList<SubjectAltName> AltNames)
{
    public static CertificateFields Unreadable { get; } = new("", "", "", "", default, default, [], []);
}
