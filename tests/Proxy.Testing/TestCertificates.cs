using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Testing;

/// <summary>Certificates for tests, made once a process; valid from 2020 to 2049 unless told otherwise.</summary>
public static class TestCertificates
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<X509Certificate2> Root = new(() => CreateAuthority("Test CA"));
    private static readonly Lazy<X509Certificate2> OtherRoot = new(() => CreateAuthority("Other CA"));
    private static int _serial;

    /// <summary>The authority that signs.</summary>
    public static TlsBytes Authority => Pem(Root.Value.ExportCertificatePem());

    /// <summary>An authority that signs nothing but what is asked for with <c>stranger</c>.</summary>
    public static TlsBytes Stranger => Pem(OtherRoot.Value.ExportCertificatePem());

    /// <summary>Makes a certificate.</summary>
    /// <param name="commonName">Its common name.</param>
    /// <param name="dns">DNS names.</param>
    /// <param name="uri">A URI name; null for none.</param>
    /// <param name="rsa">With an RSA key instead of P-256.</param>
    /// <param name="stranger">Signed by <see cref="Stranger"/>.</param>
    /// <param name="until">End of its time.</param>
    /// <param name="usage">What its key may be used for; null does not tell.</param>
    /// <param name="more">Adds names of other kinds.</param>
    public static TlsCertificateConfig Create(
        string commonName, string[]? dns = null, string? uri = null, bool rsa = false, bool stranger = false, DateTimeOffset? until = null,
        X509KeyUsageFlags? usage = null, Action<SubjectAlternativeNameBuilder>? more = null)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={commonName}");
        var request = key is RSA rsaKey
            ? new CertificateRequest(subject, rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dns ?? [])
        {
            names.AddDnsName(name);
        }

        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }

        more?.Invoke(names);
        if (dns is { Length: > 0 } || uri is not null || more is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        if (usage is { } allowed)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(allowed, true));
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var issuer = (stranger ? OtherRoot : Root).Value;
        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        var generator = X509SignatureGenerator.CreateForECDsa(issuerKey);
        var number = Interlocked.Increment(ref _serial);
        using var certificate = request.Create(issuer.SubjectName, generator, From, until ?? To, [0x10, (byte)(number >> 8), (byte)number]);
        return new TlsCertificateConfig(Pem(certificate.ExportCertificatePem()), Pem(key.ExportPkcs8PrivateKeyPem()));
    }

    /// <summary>The authority's list of revoked certificates.</summary>
    public static TlsBytes Revocations(params TlsCertificateConfig[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            using var parsed = X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(certificate.Chain.Bytes.AsSpan()));
            list.AddEntry(parsed, From);
        }

        return Pem(PemEncoding.WriteString("X509 CRL", list.Build(Root.Value, 1, To, HashAlgorithmName.SHA256, thisUpdate: From)));
    }

    /// <summary>Bytes as a configuration has them.</summary>
    public static TlsBytes Pem(string text) => new(System.Text.Encoding.ASCII.GetBytes(text).ToConfigList());

    private static X509Certificate2 CreateAuthority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false)); // lists of revoked certificates need it
        return request.CreateSelfSigned(From, To);
    }
}
