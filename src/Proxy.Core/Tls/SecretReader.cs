using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls;

/// <summary>Makes configurations anew with what their files have now.</summary>
internal static class SecretReader
{
    /// <summary>The configuration with its files read again; equal to <paramref name="config"/> when nothing has changed.</summary>
    public static DownstreamTlsConfig Read(DownstreamTlsConfig config, SecretFiles files) => config with
    {
        Common = Read(config.Common, files),
        SessionTicketKeys = config.SessionTicketKeys.Select(key => Read(key, files)!).ToConfigList(),
    };

    /// <inheritdoc cref="Read(DownstreamTlsConfig, SecretFiles)" />
    public static UpstreamTlsConfig Read(UpstreamTlsConfig config, SecretFiles files) => config with { Common = Read(config.Common, files) };

    private static CommonTlsConfig Read(CommonTlsConfig config, SecretFiles files) => config with
    {
        Certificates = config.Certificates.Select(certificate => certificate with
        {
            Chain = Read(certificate.Chain, files)!,
            PrivateKey = Read(certificate.PrivateKey, files)!,
            Pkcs12 = Read(certificate.Pkcs12, files),
            Password = Read(certificate.Password, files),
            OcspStaple = Read(certificate.OcspStaple, files),
        }).ToConfigList(),
        Validation = config.Validation is { } validation
            ? validation with { TrustedCa = Read(validation.TrustedCa, files), Crl = Read(validation.Crl, files), Spiffe = Read(validation.Spiffe, files) }
            : null,
    };

    private static SpiffeValidationConfig? Read(SpiffeValidationConfig? config, SecretFiles files) => config is null
        ? null
        : new SpiffeValidationConfig(config.TrustDomains.Select(domain => domain with { TrustBundle = Read(domain.TrustBundle, files)! }).ToConfigList());

    private static TlsBytes? Read(TlsBytes? bytes, SecretFiles files) =>
        bytes is null || bytes.Path.Length == 0 ? bytes : bytes with { Bytes = files.Read(bytes.Path).ToConfigList() };
}
