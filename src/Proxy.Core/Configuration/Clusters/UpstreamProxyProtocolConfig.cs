namespace Proxy.Configuration.Clusters;

/// <summary>Connections to the hosts begin with the PROXY protocol (Envoy <c>proxy_protocol.v3.ProxyProtocolUpstreamTransport</c>).</summary>
/// <remarks>
/// A connection that serves one downstream connection tells of its addresses. One that is pooled serves many: version 1 then tells of the connection's
/// own addresses, version 2 says that it speaks for itself (LOCAL).
/// </remarks>
/// <param name="Version">1 or 2.</param>
public sealed record UpstreamProxyProtocolConfig(int Version)
{
    /// <summary>Sent with version 2 (<c>added_tlvs</c>).</summary>
    public ConfigList<ProxyProtocolTlv> Tlvs { get; init; } = [];
}

/// <summary>A value that the PROXY protocol carries (Envoy <c>core.v3.TlvEntry</c>).</summary>
/// <param name="Type">Type.</param>
/// <param name="Value">Bytes, 65,535 at most together with all others.</param>
public sealed record ProxyProtocolTlv(byte Type, ConfigList<byte> Value);
