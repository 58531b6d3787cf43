using Proxy.Configuration;

namespace Proxy.Tls;

/// <summary>Keys that certificates may have. The limits are those of Envoy: what it would not serve is no surprise in a handshake either.</summary>
internal static class CertificateRules
{
    private const int MinRsaBits = 2048;

    /// <param name="ecdsaBits">Bits of an ECDSA key; 0 for none.</param>
    /// <param name="rsaBits">Bits of an RSA key; 0 for none.</param>
    /// <exception cref="ConfigException">The key is too weak, or on a curve that is not served.</exception>
    public static void CheckKey(int ecdsaBits, int rsaBits)
    {
        if (ecdsaBits is not (0 or 256 or 384 or 521))
        {
            throw new ConfigException("private_key", "only P-256, P-384 and P-521 ECDSA certificates are supported");
        }

        if (rsaBits is > 0 and < MinRsaBits)
        {
            throw new ConfigException("private_key", "only RSA certificates with keys of 2048 bits and more are supported");
        }
    }
}
