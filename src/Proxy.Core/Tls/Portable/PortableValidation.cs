using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>How the certificates of peers are checked by one context. For all workers.</summary>
internal sealed class PortableValidation
{
    private readonly TlsValidationConfig _config;
    private readonly TlsVerifier _verifier;
    private readonly X509Certificate2Collection _roots;

    private PortableValidation(TlsValidationConfig config, X509Certificate2Collection roots)
    {
        _config = config;
        _roots = roots;
        _verifier = TlsVerifier.Compile(config);
        Roots = [.. roots.Select(root => new TlsLoadedCertificate(new TlsCertificateInfo(root.RawData), config.TrustedCa!.ToString(), CertificateExpiry.NameOf(config)))];
    }

    /// <summary>There is something to check at all.</summary>
    public bool Checks => _config.TrustedCa is not null || _verifier.HasNames || _verifier.HasPins;

    /// <summary>A client must have a certificate for these checks to mean anything.</summary>
    public bool NeedsCertificate => _verifier.HasNames && !_config.AcceptUntrusted;

    public bool AcceptsUntrusted => _config.AcceptUntrusted;

    /// <summary>The roots, to look at.</summary>
    public IReadOnlyList<TlsLoadedCertificate> Roots { get; }

    /// <exception cref="ConfigException">The configuration breaks rules.</exception>
    public static PortableValidation Compile(TlsValidationConfig config)
    {
        var roots = config.TrustedCa is { } source ? PortableCertificate.ReadAll(source) : [];
        if (config.TrustedCa is { } empty && roots.Count == 0)
        {
            throw new ConfigException("validation_context.trusted_ca", $"failed to load trusted CA certificates from {empty}");
        }

        return new PortableValidation(config, roots);
    }

    /// <summary>How chains are built: from the roots alone, with nothing fetched from anywhere.</summary>
    public X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = _config.AllowExpired ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag,
        };
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }

    /// <summary>How a certificate fails; null when it does not.</summary>
    public TlsVerifyFailure? Check(TlsCertificateInfo leaf, SslPolicyErrors errors, IReadOnlyList<string> wanted) =>
        _config.TrustedCa is not null && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? TlsVerifyFailure.Chain : _verifier.Check(leaf, wanted);
}
