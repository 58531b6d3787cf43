namespace Proxy.Configuration.Filters;

/// <summary>The network filter that sends back what comes (Envoy <c>echo.v3.Echo</c>).</summary>
public sealed record EchoConfig;

/// <summary>The network filter that sends a text and closes (Envoy <c>direct_response.v3.Config</c>).</summary>
/// <param name="Response">The text, as bytes in Latin-1.</param>
public sealed record DirectResponseConfig(ConfigList<byte> Response);

/// <summary>The listener filter that reads the PROXY protocol (Envoy <c>proxy_protocol.v3.ProxyProtocol</c>).</summary>
public sealed record ProxyProtocolConfig
{
    /// <summary>Prefix of the stats; empty is <c>proxy_proto.</c></summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>Takes connections that do not begin with the protocol. Default false: closed.</summary>
    public bool AllowWithoutHeader { get; init; }

    /// <summary>Refuses version 1. Default false.</summary>
    public bool DisallowVersion1 { get; init; }

    /// <summary>Refuses version 2. Default false.</summary>
    public bool DisallowVersion2 { get; init; }

    /// <summary>TLVs of version 2 that are kept as metadata.</summary>
    public ConfigList<ProxyProtocolRule> Rules { get; init; } = [];
}

/// <summary>A TLV to keep (Envoy <c>ProxyProtocol.Rule</c>).</summary>
/// <param name="TlvType">Type of the TLV.</param>
/// <param name="MetadataNamespace">Where it is kept; empty is <c>envoy.filters.listener.proxy_protocol</c>.</param>
/// <param name="Key">Its name there.</param>
public sealed record ProxyProtocolRule(byte TlvType, string MetadataNamespace, string Key);
