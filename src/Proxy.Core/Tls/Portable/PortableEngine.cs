using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>TLS by <see cref="System.Net.Security.SslStream"/>, which is on every system. It can do less than OpenSSL, and says so by name.</summary>
internal sealed class PortableEngine : TlsEngine
{
    public override string Name => "SslStream";

    public override TlsContext CreateServer(DownstreamTlsConfig config, TimeProvider time)
    {
        PortableLimits.Check(config);
        return new PortableServerContext(config);
    }

    public override TlsContext CreateClient(UpstreamTlsConfig config)
    {
        PortableLimits.Check(config);
        return new PortableClientContext(config);
    }
}
