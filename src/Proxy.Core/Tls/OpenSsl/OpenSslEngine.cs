using System.Runtime.InteropServices;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>TLS by the system's OpenSSL 3.</summary>
internal sealed class OpenSslEngine : TlsEngine
{
    /// <summary>The system has the library.</summary>
    public static bool IsHere { get; } = NativeLibrary.TryLoad("libssl.so.3", out _) && NativeLibrary.TryLoad("libcrypto.so.3", out _);

    public override string Name => "OpenSSL";

    public override TlsContext CreateServer(DownstreamTlsConfig config, TimeProvider time) => new OpenSslServerContext(config, time);

    public override TlsContext CreateClient(UpstreamTlsConfig config) => new OpenSslClientContext(config);
}
