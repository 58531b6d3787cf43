using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Secrets;

/// <summary>What a secret is needed as.</summary>
internal enum SecretPart
{
    /// <summary>A certificate with its key.</summary>
    Certificate,

    /// <summary>How certificates are checked.</summary>
    Validation,

    /// <summary>Keys of session tickets.</summary>
    TicketKeys,

    /// <summary>Bytes that are used as they are.</summary>
    Generic,
}

/// <summary>Which secret, and what it is needed as.</summary>
/// <param name="Reference">Which one.</param>
/// <param name="Part">What it is needed as.</param>
internal sealed record SecretKey(TlsSecretReference Reference, SecretPart Part)
{
    /// <summary>The secret is of the kind that is needed.</summary>
    public bool Fits(TlsSecretConfig secret) => Part switch
    {
        SecretPart.Certificate => secret.Certificate is not null,
        SecretPart.Validation => secret.Validation is not null,
        SecretPart.Generic => secret.Generic is not null,
        _ => secret.SessionTicketKeys is not null,
    };

    /// <summary>Refuses secrets of another kind.</summary>
    /// <exception cref="ConfigException">It is of another kind.</exception>
    public void Check(TlsSecretConfig secret)
    {
        if (!Fits(secret))
        {
            var name = Part switch
            {
                SecretPart.Certificate => "tls_certificate",
                SecretPart.Validation => "validation_context",
                SecretPart.Generic => "generic_secret",
                _ => "session_ticket_keys",
            };
            throw new ConfigException(name, $"missing in the secret {secret.Name}");
        }
    }
}
