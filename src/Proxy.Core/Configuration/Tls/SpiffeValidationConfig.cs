namespace Proxy.Configuration.Tls;

/// <summary>Checks certificates of workloads against the roots of the trust domain that they claim (Envoy <c>SPIFFECertValidatorConfig</c>).</summary>
/// <param name="TrustDomains">The domains that are known; a name stands here once.</param>
public sealed record SpiffeValidationConfig(ConfigList<SpiffeTrustDomainConfig> TrustDomains);

/// <summary>Whom a trust domain trusts (Envoy <c>SPIFFECertValidatorConfig.TrustDomain</c>).</summary>
/// <param name="Name">Its name, as in <c>spiffe://NAME/path</c>.</param>
/// <param name="TrustBundle">Its roots in PEM, and revocation lists for whole chains, if there are any.</param>
public sealed record SpiffeTrustDomainConfig(string Name, TlsBytes TrustBundle);
