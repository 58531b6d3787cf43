using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Secrets;

/// <summary>Which secret, and what it is needed as.</summary>
/// <param name="Reference">Which one.</param>
/// <param name="IsCertificate">A certificate; else it tells how certificates are checked.</param>
internal sealed record SecretKey(TlsSecretReference Reference, bool IsCertificate)
{
    /// <summary>The secret is of the kind that is needed.</summary>
    public bool Fits(TlsSecretConfig secret) => IsCertificate ? secret.Certificate is not null : secret.Validation is not null;

    /// <summary>Refuses secrets of another kind.</summary>
    /// <exception cref="ConfigException">It is of another kind.</exception>
    public void Check(TlsSecretConfig secret)
    {
        if (!Fits(secret))
        {
            throw new ConfigException(IsCertificate ? "tls_certificate" : "validation_context", $"missing in the secret {secret.Name}");
        }
    }
}
