using System.Runtime.InteropServices;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Tls.OpenSsl;

namespace Proxy.Tls;

/// <summary>A library that speaks TLS. What it cannot do it refuses by name when a configuration is compiled.</summary>
internal abstract class TlsEngine
{
    /// <summary>OpenSSL 3, of the system.</summary>
    public static TlsEngine OpenSsl { get; } = new OpenSslEngine();

    /// <summary>The best that there is here.</summary>
    public static TlsEngine Default => OpenSsl;

    /// <summary>Name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Compiles the side towards clients.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public abstract TlsContext CreateServer(DownstreamTlsConfig config, TimeProvider time);

    /// <summary>Compiles the side towards upstreams.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public abstract TlsContext CreateClient(UpstreamTlsConfig config);

    private sealed class OpenSslEngine : TlsEngine
    {
        public override string Name => "OpenSSL";

        private static readonly bool IsHere = NativeLibrary.TryLoad("libssl.so.3", out _) && NativeLibrary.TryLoad("libcrypto.so.3", out _);

        public override TlsContext CreateServer(DownstreamTlsConfig config, TimeProvider time)
        {
            Need();
            return new OpenSslServerContext(config, time);
        }

        public override TlsContext CreateClient(UpstreamTlsConfig config)
        {
            Need();
            return new OpenSslClientContext(config);
        }

        private static void Need()
        {
            if (!IsHere)
            {
                throw new ConfigException("", "TLS needs OpenSSL 3 (libssl.so.3), which this system has not");
            }
        }
    }
}
