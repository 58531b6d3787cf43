using System.Net;

namespace Proxy.Connections;

/// <summary>What is known about a connection besides its bytes; listener filters may correct it before a filter chain is chosen.</summary>
/// <remarks>Belongs to the connection's worker.</remarks>
public sealed class ConnectionInfo
{
    private Dictionary<string, Dictionary<string, object>>? _dynamicMetadata;
    private Dictionary<string, object>? _filterState;

    /// <summary>Describes a connection by the addresses of its socket.</summary>
    public ConnectionInfo(EndPoint local, EndPoint remote)
    {
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        DirectRemoteEndPoint = remote;
        DirectLocalEndPoint = local;
    }

    /// <summary>Where the peer wanted to go: the socket's own address unless a listener filter restored another.</summary>
    public EndPoint LocalEndPoint { get; set; }

    /// <summary>Where the peer is: the socket's peer unless a listener filter (PROXY protocol) restored another.</summary>
    public EndPoint RemoteEndPoint { get; set; }

    /// <summary>The socket's own address.</summary>
    public EndPoint DirectLocalEndPoint { get; private set; }

    /// <summary>The socket's peer, whatever listener filters say.</summary>
    public EndPoint DirectRemoteEndPoint { get; }

    /// <summary>True once a listener filter has replaced <see cref="LocalEndPoint"/> (Envoy: local address restored).</summary>
    public bool LocalAddressRestored { get; set; }

    /// <summary>Server name the client asked for (SNI), lower-case; null when it named none.</summary>
    public string? ServerName { get; set; }

    /// <summary>Protocols the client offers or agreed on (ALPN), most wanted first.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; set; } = [];

    /// <summary>JA3 fingerprint of the client hello; empty unless a TLS inspector was to work it out.</summary>
    public string Ja3 { get; internal set; } = "";

    /// <summary>JA4 fingerprint of the client hello; empty unless a TLS inspector was to work it out.</summary>
    public string Ja4 { get; internal set; } = "";

    /// <summary>Whether connections to upstreams that speak the PROXY protocol tell of this one, and so are made for it alone, when they carry its requests.</summary>
    internal bool IsToldUpstream { get; set; }

    /// <summary><c>raw_buffer</c>, or <c>tls</c> when the TLS inspector saw a client hello.</summary>
    public string TransportProtocol { get; set; } = "raw_buffer";

    /// <summary>What TLS has agreed on; null on plain connections, and before the handshake is done.</summary>
    public Tls.TlsInfo? Tls { get; internal set; }

    /// <summary>The bytes travel over TLS that ends here, whether or not the handshake is done.</summary>
    public bool IsTls { get; internal set; }

    /// <summary>Application protocol that TLS has agreed on (ALPN); empty for none.</summary>
    public string NegotiatedProtocol => Tls?.ApplicationProtocol ?? "";

    /// <summary>Name of the filter chain that was chosen; empty when it has none.</summary>
    public string FilterChainName { get; set; } = "";

    /// <summary>Metadata of the listener that accepted it, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? ListenerMetadata { get; set; }

    /// <summary>Metadata of the filter chain that was chosen, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? FilterChainMetadata { get; set; }

    /// <summary>Which side of the service the listener is on that accepted it.</summary>
    internal Configuration.Listeners.TrafficDirection Direction { get; set; }

    /// <summary>Values that filters leave for each other and for logs (Envoy's filter state), by name; made on first use.</summary>
    public IDictionary<string, object> FilterState => _filterState ??= new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>True when <see cref="FilterState"/> holds anything; spares making it to look.</summary>
    public bool HasFilterState => _filterState is { Count: > 0 };

    /// <summary>Metadata that listener filters set, by namespace and key; made on first use.</summary>
    public IDictionary<string, Dictionary<string, object>> DynamicMetadata => _dynamicMetadata ??= new(StringComparer.Ordinal);

    /// <summary>True when <see cref="DynamicMetadata"/> holds anything; spares making it to look.</summary>
    public bool HasDynamicMetadata => _dynamicMetadata is { Count: > 0 };

    /// <summary>Why a transport failed, for <c>%UPSTREAM_TRANSPORT_FAILURE_REASON%</c>; empty when it did not.</summary>
    public string TransportFailureReason { get; set; } = "";

    /// <summary>When an outgoing connection was asked for; 0 for accepted ones. <c>Worker.NowMicroseconds</c>, as the times below.</summary>
    internal long ConnectStartMicroseconds { get; set; }

    /// <summary>When an outgoing connection's transport was up, before any handshake; 0 = not yet.</summary>
    internal long ConnectedMicroseconds { get; set; }

    /// <summary>When the TLS handshake was done; 0 = not yet, or no TLS.</summary>
    internal long SecuredMicroseconds { get; set; }

    /// <summary>An outgoing socket learns its own address when it is connected.</summary>
    internal void SetLocal(EndPoint local) => LocalEndPoint = DirectLocalEndPoint = local;
}
