using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Tls;

namespace Proxy.Discovery.Grpc;

/// <summary>Makes connections to a control plane that no cluster leads to.</summary>
internal static class DirectHandler
{
    // What gRPC's own client gives a connection at first.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    /// <exception cref="ConfigException">Certificates or the key cannot be used.</exception>
    public static SocketsHttpHandler Create(DirectTargetConfig target)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = ConnectTimeout,
            ActivityHeadersPropagator = null,
            UseProxy = false,
        };
        if (target.Tls is { } tls)
        {
            handler.SslOptions = Options(tls);
        }

        return handler;
    }

    private static SslClientAuthenticationOptions Options(DirectTlsConfig tls)
    {
        try
        {
            var options = new SslClientAuthenticationOptions();
            if (tls.Roots is { } roots)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPem(Text(roots));
                options.CertificateChainPolicy = policy;
            }

            if (tls is { Chain: { } chain, PrivateKey: { } key })
            {
                var intermediates = new X509Certificate2Collection();
                intermediates.ImportFromPem(Text(chain));
                options.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(Text(chain), Text(key)), intermediates, offline: true);
            }

            return options;
        }
        catch (CryptographicException e)
        {
            throw new ConfigException("google_grpc.channel_credentials.ssl_credentials", e.Message);
        }
    }

    private static string Text(TlsBytes bytes) => Encoding.ASCII.GetString(bytes.Bytes.AsSpan());
}
