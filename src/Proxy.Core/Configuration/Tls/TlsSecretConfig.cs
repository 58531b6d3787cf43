using Proxy.Configuration.Discovery;

namespace Proxy.Configuration.Tls;

/// <summary>A certificate with its key, how certificates are checked, keys of session tickets, or any other secret, under a name (Envoy <c>Secret</c>).</summary>
/// <param name="Name">Its name.</param>
public sealed record TlsSecretConfig(string Name)
{
    /// <summary>The certificate; null when it is no certificate.</summary>
    public TlsCertificateConfig? Certificate { get; init; }

    /// <summary>How certificates are checked; null when it does not tell.</summary>
    public TlsValidationConfig? Validation { get; init; }

    /// <summary>Keys of session tickets, 80 bytes each: the first makes tickets, all open them; null when it has none.</summary>
    public ConfigList<TlsBytes>? SessionTicketKeys { get; init; }

    /// <summary>Something that filters use as it is, such as a token; null when it is something else.</summary>
    public TlsBytes? Generic { get; init; }
}

/// <summary>Names a secret (Envoy <c>SdsSecretConfig</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where it comes from; null for one of <see cref="ProxyConfig.Secrets"/>.</param>
public sealed record TlsSecretReference(string Name, ConfigSourceConfig? Source);
