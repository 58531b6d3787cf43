using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Tls.OpenSsl;
using Proxy.Tls.Portable;

namespace Proxy.Tls;

/// <summary>A library that speaks TLS. What it cannot do it refuses by name when a configuration is compiled.</summary>
internal abstract class TlsEngine
{
    /// <summary>The switch (<see cref="AppContext"/>, <c>runtimeconfig.json</c>) that takes the portable engine even where OpenSSL is.</summary>
    public const string PortableSwitch = "Proxy.Tls.UsePortableEngine";

    /// <summary>OpenSSL 3, of the system.</summary>
    public static TlsEngine OpenSsl { get; } = new OpenSslEngine();

    /// <summary>What .NET brings along.</summary>
    public static TlsEngine Portable { get; } = new PortableEngine();

    /// <summary>The one in use: OpenSSL where it is.</summary>
    public static TlsEngine Default { get; } = OpenSslEngine.IsHere && !(AppContext.TryGetSwitch(PortableSwitch, out var portable) && portable) ? OpenSsl : Portable;

    /// <summary>Name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Compiles the side towards clients.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public abstract TlsContext CreateServer(DownstreamTlsConfig config, TimeProvider time);

    /// <summary>Compiles the side towards upstreams.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public abstract TlsContext CreateClient(UpstreamTlsConfig config);

    public override string ToString() => Name;
}
