using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>A certificate with its key and chain, loaded.</summary>
internal sealed class PortableCertificate
{
    private readonly TlsCertificateConfig _config;

    private PortableCertificate(X509Certificate2 leaf, X509Certificate2Collection chain, TlsCertificateConfig config)
    {
        _config = config;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        Info = new TlsCertificateInfo(leaf.RawData);
        using var ecdsa = leaf.GetECDsaPublicKey();
        using var rsa = leaf.GetRSAPublicKey();
        EcdsaBits = ecdsa?.KeySize ?? 0;
        CertificateRules.CheckKey(EcdsaBits, rsa?.KeySize ?? 0);
    }

    /// <summary>As <see cref="SslStream"/> takes it.</summary>
    public SslStreamCertificateContext Context { get; }

    public TlsCertificateInfo Info { get; }

    /// <summary>Bits of an ECDSA key; 0 for all else.</summary>
    public int EcdsaBits { get; }

    /// <summary>Loads what <paramref name="config"/> names.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static PortableCertificate Load(TlsCertificateConfig config)
    {
        if (config.Pkcs12 is { } archive)
        {
            return FromArchive(config, archive);
        }

        var chain = ReadAll(config.Chain);
        if (chain.Count == 0)
        {
            throw new ConfigException("certificate_chain", $"failed to load certificate chain from {config.Chain}");
        }

        var leaf = WithKey(config);
        chain.RemoveAt(0);
        return new PortableCertificate(leaf, chain, config);
    }

    /// <summary>For who looks at it.</summary>
    public TlsLoadedCertificate Describe() => new(Info, _config.Source.ToString(), CertificateExpiry.NameOf(_config));

    /// <summary>All certificates in <paramref name="source"/>; none when it cannot be read.</summary>
    public static X509Certificate2Collection ReadAll(TlsBytes source)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(Text(source));
        }
        catch (CryptographicException)
        {
            all.Clear();
        }

        return all;
    }

    private static PortableCertificate FromArchive(TlsCertificateConfig config, TlsBytes archive)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(archive.Bytes.AsSpan(), config.Password is { } password ? Text(password) : null);
            var leaf = all.FirstOrDefault(static certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("it has no key with a certificate");
            all.Remove(leaf);
            return new PortableCertificate(leaf, all, config);
        }
        catch (CryptographicException e)
        {
            throw new ConfigException("pkcs12", $"failed to load pkcs12 from {archive}: {e.Message}");
        }
    }

    private static string Text(TlsBytes source) => Encoding.UTF8.GetString(source.Bytes.AsSpan());

    private static X509Certificate2 WithKey(TlsCertificateConfig config)
    {
        try
        {
            var (certificate, key) = (Text(config.Chain), Text(config.PrivateKey));
            var leaf = config.Password is { } password && key.Contains("ENCRYPTED", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(certificate, key, Text(password))
                : X509Certificate2.CreateFromPem(certificate, key);

            // Windows serves no keys that live in memory only.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null) : leaf;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ConfigException("private_key", $"failed to load private key from {config.PrivateKey}: {e.Message}");
        }
    }
}
