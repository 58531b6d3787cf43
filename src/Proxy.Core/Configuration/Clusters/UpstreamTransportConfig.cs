using Proxy.Configuration.Tls;

namespace Proxy.Configuration.Clusters;

/// <summary>What connections to the hosts of a cluster are made of, besides TCP (Envoy <c>transport_socket</c>).</summary>
public sealed record UpstreamTransportConfig
{
    /// <summary>Bytes as they are.</summary>
    public static UpstreamTransportConfig Plain { get; } = new();

    /// <summary>Begins connections with the PROXY protocol, in front of TLS; null for not.</summary>
    public UpstreamProxyProtocolConfig? ProxyProtocol { get; init; }

    /// <summary>TLS; null sends bytes as they are.</summary>
    public UpstreamTlsConfig? Tls { get; init; }
}
