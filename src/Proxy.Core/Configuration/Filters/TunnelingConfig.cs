using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>Sends connections through an HTTP proxy: each begins with CONNECT (Envoy <c>TcpProxy.TunnelingConfig</c>). HTTP/1.1.</summary>
/// <param name="Hostname">Where the proxy is to connect to, as <c>host:port</c>; may have command operators.</param>
public sealed record TunnelingConfig(string Hostname)
{
    /// <summary>Headers added to the request.</summary>
    public ConfigList<HeaderAddition> Headers { get; init; } = [];
}
