using System.Net;
using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Streams;

/// <summary>The record of one request or connection: what logs, stats and filters know about it. Times are <c>Worker.NowMicroseconds</c>; 0 = not yet.</summary>
/// <remarks>Belongs to a stream and is reused with it; on its worker only.</remarks>
public sealed class StreamInfo
{
    private Dictionary<string, object>? _filterState;
    private Dictionary<string, Dictionary<string, object>>? _dynamicMetadata;

    /// <summary>The downstream connection.</summary>
    public ConnectionInfo? Downstream { get; set; }

    /// <summary>
    /// The client as far as it can be told: an address out of <c>x-forwarded-for</c> where that is trusted; null leaves it to <see cref="Downstream"/>.
    /// </summary>
    public EndPoint? TrustedRemote { get; set; }

    /// <summary>Address of the client: <see cref="TrustedRemote"/>, or that of the connection.</summary>
    public EndPoint? Remote => TrustedRemote ?? Downstream?.RemoteEndPoint;

    /// <summary>Number of the downstream connection.</summary>
    public long ConnectionId { get; set; }

    /// <summary>Protocol of the request; null for plain connections.</summary>
    public HttpProtocol? Protocol { get; set; }

    /// <summary>When it began, wall clock.</summary>
    public DateTimeOffset StartTime { get; set; }

    /// <summary>When it began.</summary>
    public long StartMicroseconds { get; set; }

    /// <summary>When the last byte of the request had come.</summary>
    public long RequestCompleteMicroseconds { get; set; }

    /// <summary>When an upstream connection was there for the request.</summary>
    public long UpstreamPoolReadyMicroseconds { get; set; }

    /// <summary>When the first byte of the request went upstream.</summary>
    public long UpstreamFirstSentMicroseconds { get; set; }

    /// <summary>When the last byte of the request went upstream.</summary>
    public long UpstreamLastSentMicroseconds { get; set; }

    /// <summary>When the first byte of the answer came from upstream.</summary>
    public long UpstreamFirstReceivedMicroseconds { get; set; }

    /// <summary>When the first byte of the answer's body came from upstream.</summary>
    internal long UpstreamBodyReceivedMicroseconds { get; set; }

    /// <summary>When the last byte of the answer came from upstream.</summary>
    public long UpstreamLastReceivedMicroseconds { get; set; }

    /// <summary>When the first byte of the answer went downstream.</summary>
    public long DownstreamFirstSentMicroseconds { get; set; }

    /// <summary>When the last byte of the answer went downstream.</summary>
    public long DownstreamLastSentMicroseconds { get; set; }

    /// <summary>When it was over.</summary>
    public long EndMicroseconds { get; set; }

    /// <summary>Status of the answer; 0 when there was none.</summary>
    public int ResponseCode { get; set; }

    /// <summary>Why the answer is what it is (Envoy <c>%RESPONSE_CODE_DETAILS%</c>).</summary>
    public string ResponseCodeDetails { get; set; } = "";

    /// <summary>What went wrong.</summary>
    public ResponseFlags Flags { get; set; }

    /// <summary>Bytes of the request's body.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Bytes of the answer's body.</summary>
    public long BytesSent { get; set; }

    /// <summary>Bytes from the client as on the wire.</summary>
    public long DownstreamWireReceived { get; set; }

    /// <summary>Bytes to the client as on the wire.</summary>
    public long DownstreamWireSent { get; set; }

    /// <summary>Bytes from the upstream as on the wire.</summary>
    public long UpstreamWireReceived { get; set; }

    /// <summary>Bytes to the upstream as on the wire.</summary>
    public long UpstreamWireSent { get; set; }

    /// <summary>Part of <see cref="DownstreamWireReceived"/> that was heads.</summary>
    public long DownstreamHeaderReceived { get; set; }

    /// <summary>Part of <see cref="DownstreamWireSent"/> that was heads.</summary>
    public long DownstreamHeaderSent { get; set; }

    /// <summary>Part of <see cref="UpstreamWireReceived"/> that was heads.</summary>
    public long UpstreamHeaderReceived { get; set; }

    /// <summary>Part of <see cref="UpstreamWireSent"/> that was heads.</summary>
    public long UpstreamHeaderSent { get; set; }

    /// <summary>Name of the route; empty when it has none.</summary>
    public string RouteName { get; set; } = "";

    /// <summary>Name of the virtual host; empty when none was found.</summary>
    public string VirtualHostName { get; set; } = "";

    /// <summary>Name of the virtual cluster; empty when none matched.</summary>
    public string VirtualClusterName { get; set; } = "";

    /// <summary>The route; null while none is known.</summary>
    internal Route? Route { get; set; }

    /// <summary>The host used last; null when none was.</summary>
    internal Host? UpstreamHost { get; set; }

    /// <summary>The hosts tried, the first one first.</summary>
    internal List<Host> UpstreamHostsTried { get; } = [];

    /// <summary>Ids of the connections used, the first one first.</summary>
    internal List<long> UpstreamConnectionsTried { get; } = [];

    /// <summary>Metadata of the cluster chosen, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? ClusterMetadata { get; set; }

    /// <summary>Name in stats of the cluster chosen; empty when none was.</summary>
    public string UpstreamCluster { get; set; } = "";

    /// <summary>Name of the cluster chosen; empty when none was.</summary>
    public string UpstreamClusterRaw { get; set; } = "";

    /// <summary>Address of the host used; null when none was.</summary>
    public EndPoint? UpstreamRemote { get; set; }

    /// <summary>Name of the host used; empty when it has none.</summary>
    public string UpstreamHostname { get; set; } = "";

    /// <summary>This side's address of the upstream connection.</summary>
    public EndPoint? UpstreamLocal { get; set; }

    /// <summary>What TLS to the upstream has agreed on; null for none.</summary>
    public Tls.TlsInfo? UpstreamTls { get; set; }

    /// <summary>Protocol spoken upstream.</summary>
    public HttpProtocol? UpstreamProtocol { get; set; }

    /// <summary>Why the upstream's transport failed; empty when it did not.</summary>
    public string UpstreamTransportFailure { get; set; } = "";

    /// <summary>Number of the upstream connection; 0 when there is none.</summary>
    public long UpstreamConnectionId { get; set; }

    /// <summary>The connection to the client; null where there is none.</summary>
    internal Connection? DownstreamConnection { get; set; }

    /// <summary>The connection of the last attempt; null when it had none.</summary>
    internal Connection? UpstreamConnection { get; set; }

    /// <summary>How often the request was sent upstream.</summary>
    public int AttemptCount { get; set; }

    /// <summary>Why the connection ended (Envoy <c>%CONNECTION_TERMINATION_DETAILS%</c>).</summary>
    public string ConnectionTerminationDetails { get; set; } = "";

    /// <summary>The request takes the scheme of the connection that it goes out on.</summary>
    internal bool SchemeMatchesUpstream { get; set; }

    /// <summary>True when the request came from a health checker.</summary>
    public bool IsHealthCheck { get; set; }

    /// <summary>Values that filters leave for each other and for logs, by name.</summary>
    public IDictionary<string, object> FilterState => _filterState ??= new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>Metadata that filters set, by namespace and key.</summary>
    public IDictionary<string, Dictionary<string, object>> DynamicMetadata => _dynamicMetadata ??= new(StringComparer.Ordinal);

    /// <summary>True when <see cref="DynamicMetadata"/> or <see cref="FilterState"/> holds anything; spares making them to look.</summary>
    public bool HasFilterData => _filterState is { Count: > 0 } || _dynamicMetadata is { Count: > 0 };

    /// <summary>The redirects followed inside the proxy; null while there are none.</summary>
    internal RedirectHistory? Redirects { get; set; }

    /// <summary>Makes the record ready for another pass of the same request: what is known of the client's side stays.</summary>
    internal void BeginAgain()
    {
        var (downstream, connection, trusted, id, protocol) = (Downstream, DownstreamConnection, TrustedRemote, ConnectionId, Protocol);
        var (time, start, redirects, scheme) = (StartTime, StartMicroseconds, Redirects, SchemeMatchesUpstream);
        var (body, wire, head) = (BytesReceived, DownstreamWireReceived, DownstreamHeaderReceived);
        Reset();
        (Downstream, DownstreamConnection, TrustedRemote, ConnectionId, Protocol) = (downstream, connection, trusted, id, protocol);
        (StartTime, StartMicroseconds, Redirects, SchemeMatchesUpstream) = (time, start, redirects, scheme);
        (BytesReceived, DownstreamWireReceived, DownstreamHeaderReceived) = (body, wire, head);
    }

    /// <summary>Makes the record ready for the next request.</summary>
    public void Reset()
    {
        UpstreamHostsTried.Clear();
        UpstreamConnectionsTried.Clear();
        Downstream = null;
        DownstreamConnection = UpstreamConnection = null;
        TrustedRemote = null;
        ConnectionId = UpstreamConnectionId = 0;
        Protocol = UpstreamProtocol = null;
        StartTime = default;
        StartMicroseconds = RequestCompleteMicroseconds = EndMicroseconds = 0;
        UpstreamPoolReadyMicroseconds = UpstreamFirstSentMicroseconds = UpstreamLastSentMicroseconds = 0;
        UpstreamFirstReceivedMicroseconds = UpstreamBodyReceivedMicroseconds = UpstreamLastReceivedMicroseconds = 0;
        DownstreamFirstSentMicroseconds = DownstreamLastSentMicroseconds = 0;
        ResponseCode = AttemptCount = 0;
        Flags = ResponseFlags.None;
        BytesReceived = BytesSent = 0;
        DownstreamWireReceived = DownstreamWireSent = UpstreamWireReceived = UpstreamWireSent = 0;
        DownstreamHeaderReceived = DownstreamHeaderSent = UpstreamHeaderReceived = UpstreamHeaderSent = 0;
        ResponseCodeDetails = RouteName = VirtualHostName = UpstreamCluster = UpstreamClusterRaw = UpstreamHostname = "";
        UpstreamTransportFailure = ConnectionTerminationDetails = VirtualClusterName = "";
        Route = null;
        Redirects = null;
        UpstreamHost = null;
        ClusterMetadata = null;
        UpstreamRemote = UpstreamLocal = null;
        UpstreamTls = null;
        IsHealthCheck = SchemeMatchesUpstream = false;
        _filterState?.Clear();
        _dynamicMetadata?.Clear();
    }
}
