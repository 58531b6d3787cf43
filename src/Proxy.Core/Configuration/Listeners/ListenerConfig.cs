using Proxy.Configuration.Matching;
using Proxy.Connections;

namespace Proxy.Configuration.Listeners;

/// <summary>Where connections are accepted and what happens to them (Envoy <c>listener.v3.Listener</c>).</summary>
public sealed record ListenerConfig
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Addresses: the main one first, then additional ones. At least one.</summary>
    public required ConfigList<AddressConfig> Addresses { get; init; }

    /// <summary>Filter chains, chosen by their match.</summary>
    public ConfigList<FilterChainConfig> FilterChains { get; init; } = [];

    /// <summary>Chain for connections that no other matches; null closes them.</summary>
    public FilterChainConfig? DefaultFilterChain { get; init; }

    /// <summary>
    /// Leads to <see cref="FilterChainActionConfig"/>, instead of the chains' matches, which then count for nothing; what matches nothing gets the default
    /// chain (Envoy <c>filter_chain_matcher</c>). Null for none.
    /// </summary>
    public MatcherConfig? FilterChainMatcher { get; init; }

    /// <summary>Filters that see a connection before a chain is chosen.</summary>
    public ConfigList<FilterConfig> ListenerFilters { get; init; } = [];

    /// <summary>Time for listener filters to decide; zero waits for ever. Default 15 s.</summary>
    public TimeSpan ListenerFiltersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Goes on with a chain when listener filters take too long, instead of closing. Default false.</summary>
    public bool ContinueOnListenerFiltersTimeout { get; init; }

    /// <summary>Opens sockets. False: connections come from elsewhere. Default true.</summary>
    public bool BindToPort { get; init; } = true;

    /// <summary>Each worker has a socket of its own (SO_REUSEPORT). Default true.</summary>
    public bool ReusePort { get; init; } = true;

    /// <summary>Spreads connections evenly over workers instead of leaving it to the kernel (<c>exact_balance</c>). Default false.</summary>
    public bool ExactBalance { get; init; }

    /// <summary>Kernel queue of connections not accepted yet. Default 4096.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Connections taken per readiness event and socket; null takes all (<c>max_connections_to_accept_per_socket_event</c>).</summary>
    public int? AcceptsPerEvent { get; init; }

    /// <summary>High watermark of a connection's buffers, in bytes. Default 1 MiB (<c>per_connection_buffer_limit_bytes</c>).</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary>Connections at once; more are closed on arrival. Null is no limit (runtime <c>envoy.resource_limits.listener.NAME.connection_limit</c>).</summary>
    public long? ConnectionLimit { get; init; }

    /// <summary>Replaces the address in stat names; empty uses the address.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>Drains only when modified or removed, not on health failure (<c>drain_type: MODIFY_ONLY</c>). Default false.</summary>
    public bool DrainOnModifyOnly { get; init; }

    /// <summary>Takes Multipath TCP besides plain TCP, on Linux (<c>enable_mptcp</c>). Default false.</summary>
    public bool Multipath { get; init; }

    /// <summary>Options of the sockets that listen, which accepted ones inherit.</summary>
    public SocketSettings Socket { get; init; } = SocketSettings.Default;

    /// <summary>Logs of connections that found no filter chain.</summary>
    public ConfigList<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Which side of the service it is on; only inbound listeners drain with <c>?inboundonly</c>.</summary>
    public TrafficDirection Direction { get; init; }

    /// <summary>Metadata for logs and expressions: name of a namespace, and a JSON object with what is in it (<c>metadata.filter_metadata</c>).</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}

/// <summary>Which side of a service a listener is on (Envoy <c>core.v3.TrafficDirection</c>).</summary>
public enum TrafficDirection
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>To the service.</summary>
    Inbound,

    /// <summary>From the service.</summary>
    Outbound,
}

/// <summary>Network filters for the connections that match (Envoy <c>listener.v3.FilterChain</c>).</summary>
public sealed record FilterChainConfig
{
    /// <summary>Name for logs and stats; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which connections it takes; an empty match takes all.</summary>
    public FilterChainMatchConfig Match { get; init; } = new();

    /// <summary>Network filters, the last one terminal. Empty closes the connection.</summary>
    public ConfigList<FilterConfig> Filters { get; init; } = [];

    /// <summary>TLS towards the clients; null takes their bytes as they are (<c>transport_socket</c>).</summary>
    public Tls.DownstreamTlsConfig? Tls { get; init; }

    /// <summary>Time for the handshake of TLS; zero does not bound it, which is the default (<c>transport_socket_connect_timeout</c>).</summary>
    public TimeSpan TransportTimeout { get; init; }

    /// <summary>Metadata for logs: name of a namespace, and a JSON object with what is in it (<c>metadata.filter_metadata</c>).</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}

/// <summary>What <see cref="ListenerConfig.FilterChainMatcher"/> leads to.</summary>
/// <param name="Chain">Name of a filter chain; connections for one that is not there are closed.</param>
public sealed record FilterChainActionConfig(string Chain);

/// <summary>Where a connection comes from (Envoy <c>FilterChainMatch.ConnectionSourceType</c>).</summary>
public enum ConnectionSourceType
{
    /// <summary>Anywhere.</summary>
    Any,

    /// <summary>The same address, or loopback.</summary>
    SameIpOrLoopback,

    /// <summary>Another machine.</summary>
    External,
}

/// <summary>Criteria of a filter chain; each empty one takes everything (Envoy <c>listener.v3.FilterChainMatch</c>).</summary>
public sealed record FilterChainMatchConfig
{
    /// <summary>Port the client wanted.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>Addresses the client wanted; the longest prefix wins.</summary>
    public ConfigList<CidrRange> DestinationPrefixes { get; init; } = [];

    /// <summary>Server names (SNI); <c>*.</c> in front takes any subdomain; the longest suffix wins.</summary>
    public ConfigList<string> ServerNames { get; init; } = [];

    /// <summary><c>raw_buffer</c> or <c>tls</c>; empty takes both.</summary>
    public string TransportProtocol { get; init; } = "";

    /// <summary>ALPN protocols.</summary>
    public ConfigList<string> ApplicationProtocols { get; init; } = [];

    /// <summary>Addresses of the peer's own socket.</summary>
    public ConfigList<CidrRange> DirectSourcePrefixes { get; init; } = [];

    /// <summary>Local or foreign peer.</summary>
    public ConnectionSourceType SourceType { get; init; }

    /// <summary>Addresses of the peer.</summary>
    public ConfigList<CidrRange> SourcePrefixes { get; init; } = [];

    /// <summary>Ports of the peer.</summary>
    public ConfigList<int> SourcePorts { get; init; } = [];
}
