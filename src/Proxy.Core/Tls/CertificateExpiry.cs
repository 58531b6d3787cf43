using System.Security.Cryptography;
using Proxy.Configuration.Tls;
using Proxy.Stats;

namespace Proxy.Tls;

/// <summary>Tells how long the certificates of a listener or cluster last: <c>ssl.certificate.NAME.expiration_unix_time_seconds</c>.</summary>
internal static class CertificateExpiry
{
    private static readonly StatSchema Schema = new();
    private static readonly GaugeId Expiration = Schema.Gauge("expiration_unix_time_seconds");

    /// <summary>The name of a certificate: its secret's, else one made of its inline bytes, so that all unnamed files share one, as in Envoy.</summary>
    public static string NameOf(TlsCertificateConfig certificate) => certificate.Name.Length > 0 ? certificate.Name : "unnamed_cert_" + Hash(certificate.Chain);

    /// <summary>The name of trusted roots, likewise.</summary>
    public static string NameOf(TlsValidationConfig validation) => validation.Name.Length > 0 ? validation.Name : "unnamed_ca_cert_" + Hash(validation.TrustedCa ?? validation.Spiffe?.TrustDomains[0].TrustBundle);

    /// <summary>Shows what <paramref name="context"/> uses from now on; the first root of a bundle stands for it. On main.</summary>
    public static void Publish(TlsContext context, TlsReport report)
    {
        foreach (var certificate in context.Roots.Take(1).Concat(context.Certificates))
        {
            report.Scope.CreateGroup(Schema, $"{report.Prefix}ssl.certificate.{certificate.Name}.")
                .MainShard.Set(Expiration, certificate.Info.NotAfter.ToUnixTimeSeconds());
        }
    }

    private static string Hash(TlsBytes? source) =>
        Convert.ToHexStringLower(SHA256.HashData(source is { Path.Length: 0 } inline ? inline.Bytes.AsSpan() : []))[..8];
}
