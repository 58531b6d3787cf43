using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>Sends connections through an HTTP proxy, with the protocol that the cluster speaks: each begins with CONNECT (Envoy <c>TcpProxy.TunnelingConfig</c>).</summary>
/// <param name="Hostname">Where the proxy is to connect to, as <c>host:port</c>; may have command operators.</param>
public sealed record TunnelingConfig(string Hostname)
{
    /// <summary>Headers added to the request.</summary>
    public ConfigList<HeaderAddition> Headers { get; init; } = [];

    /// <summary>Keeps the head of the proxy's answer, granted or not, in the connection's filter state, for filters and logs.</summary>
    /// <remarks>As <c>envoy.tcp_proxy.propagate_response_headers</c>; the first answer stays when the request is repeated.</remarks>
    public bool PropagateResponseHeaders { get; init; }

    /// <summary>The same for the trailers of the answer, as <c>envoy.tcp_proxy.propagate_response_trailers</c>.</summary>
    public bool PropagateResponseTrailers { get; init; }

    /// <summary>Asks with POST in place of CONNECT. Default false.</summary>
    public bool UsePost { get; init; }

    /// <summary>Path of the POST; empty for <c>/</c>.</summary>
    public string PostPath { get; init; } = "";

    /// <summary>Gives each request an id; null for none.</summary>
    public TunnelRequestIdConfig? RequestId { get; init; }
}

/// <summary>Ids of requests for tunnels: a random UUID each.</summary>
public sealed record TunnelRequestIdConfig
{
    /// <summary>The header that tells it to the proxy; empty for <c>x-request-id</c>. One that is there already is overwritten.</summary>
    public string Header { get; init; } = "";

    /// <summary>The key below <c>envoy.filters.network.tcp_proxy</c> in dynamic metadata that tells it to logs; empty for <c>tunnel_request_id</c>.</summary>
    public string MetadataKey { get; init; } = "";
}
