using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>Sends connections through an HTTP proxy: each begins with CONNECT (Envoy <c>TcpProxy.TunnelingConfig</c>). HTTP/1.1.</summary>
/// <param name="Hostname">Where the proxy is to connect to, as <c>host:port</c>; may have command operators.</param>
public sealed record TunnelingConfig(string Hostname)
{
    /// <summary>Headers added to the request.</summary>
    public ConfigList<HeaderAddition> Headers { get; init; } = [];

    /// <summary>Keeps the head of the proxy's answer, granted or not, in the connection's filter state, for filters and logs.</summary>
    /// <remarks>As <c>envoy.tcp_proxy.propagate_response_headers</c>; the first answer stays when the request is repeated.</remarks>
    public bool PropagateResponseHeaders { get; init; }
}
