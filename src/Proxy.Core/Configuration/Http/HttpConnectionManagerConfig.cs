using Proxy.Configuration.Discovery;

namespace Proxy.Configuration.Http;

/// <summary>Which protocol a connection manager speaks (Envoy <c>HttpConnectionManager.CodecType</c>).</summary>
public enum CodecType
{
    /// <summary>Finds out from ALPN or the first bytes.</summary>
    Auto,

    /// <summary>HTTP/1.</summary>
    Http1,

    /// <summary>HTTP/2, without asking.</summary>
    Http2,
}

/// <summary>What happens to the <c>server</c> header of responses.</summary>
public enum ServerHeaderTransformation
{
    /// <summary>Always this proxy's.</summary>
    Overwrite,

    /// <summary>This proxy's unless the upstream sent one.</summary>
    AppendIfAbsent,

    /// <summary>As the upstream sent it, if it did.</summary>
    PassThrough,
}

/// <summary>What happens to paths with %2F, %5C (Envoy <c>PathWithEscapedSlashesAction</c>).</summary>
public enum EscapedSlashesAction
{
    /// <summary>Nothing.</summary>
    KeepUnchanged,

    /// <summary>Answers 400.</summary>
    RejectRequest,

    /// <summary>Redirects to the unescaped path.</summary>
    UnescapeAndRedirect,

    /// <summary>Goes on with the unescaped path.</summary>
    UnescapeAndForward,
}

/// <summary>HTTP on a listener: codec, routes, HTTP filters (Envoy <c>http_connection_manager.v3.HttpConnectionManager</c>).</summary>
public sealed record HttpConnectionManagerConfig
{
    /// <summary>Prefix of the stats: <c>http.PREFIX.</c></summary>
    public required string StatPrefix { get; init; }

    /// <summary>Protocol. Default finds out.</summary>
    public CodecType CodecType { get; init; }

    /// <summary>The routes.</summary>
    public RouteTableConfig Routes { get; init; } = new();

    /// <summary>Where the routes come from instead, while the proxy runs; null for <see cref="Routes"/> (<c>rds</c>).</summary>
    public RouteDiscoveryConfig? RouteDiscovery { get; init; }

    /// <summary>Tables of which each request's headers choose one, in place of <see cref="Routes"/>; null for none (<c>scoped_routes</c>).</summary>
    public ScopedRoutesConfig? ScopedRoutes { get; init; }

    /// <summary>HTTP filters in request order; the last one is terminal (router).</summary>
    public ConfigList<FilterConfig> Filters { get; init; } = [];

    /// <summary>Adds <c>user-agent</c> and <c>x-envoy-downstream-service-cluster</c> for this node. Default false.</summary>
    public bool AddUserAgent { get; init; }

    /// <summary>Trusts the connection's own address and starts <c>x-forwarded-for</c> with it: this proxy is the edge. Default false.</summary>
    public bool UseRemoteAddress { get; init; }

    /// <summary>Trusted proxies in front of this one. Default 0.</summary>
    public int TrustedHops { get; init; }

    /// <summary>Leaves <c>x-forwarded-for</c> as it is. Default false.</summary>
    public bool SkipXffAppend { get; init; }

    /// <summary>
    /// Upstreams that speak the PROXY protocol are told of the client, each over connections of its own. Else they are told of this proxy, unless the client
    /// came with the PROXY protocol itself (Envoy <c>add_proxy_protocol_connection_state</c>). Default true.
    /// </summary>
    public bool TellUpstreamsOfClient { get; init; } = true;

    /// <summary>Addresses that count as internal.</summary>
    public ConfigList<CidrRange> InternalRanges { get; init; } = [];

    /// <summary>Unix sockets count as internal. Default false.</summary>
    public bool UnixSocketsAreInternal { get; init; }

    /// <summary>Value appended to <c>via</c>; empty for none.</summary>
    public string Via { get; init; } = "";

    /// <summary>Value of <c>server</c>. Default <c>envoy</c>.</summary>
    public string ServerName { get; init; } = "envoy";

    /// <summary>What happens to <c>server</c>.</summary>
    public ServerHeaderTransformation ServerHeader { get; init; }

    /// <summary>What clients are told of failures in <c>proxy-status</c>; null for nothing (<c>proxy_status_config</c>).</summary>
    public ProxyStatusConfig? ProxyStatus { get; init; }

    /// <summary>Sets <c>x-forwarded-port</c> to the port that the client connected to, unless a trusted proxy has set it. Only at the edge. Default false.</summary>
    public bool AppendForwardedPort { get; init; }

    /// <summary>What becomes of <c>x-forwarded-client-cert</c>. Default: removed.</summary>
    public ForwardClientCert ForwardClientCert { get; init; }

    /// <summary>What is told of a client's certificate besides its hash (<c>set_current_client_cert_details</c>).</summary>
    public ClientCertDetailsConfig ClientCertDetails { get; init; } = new();

    /// <summary>Ports of this side that mean TLS in front of this proxy, for <c>x-forwarded-proto</c> (<c>forward_proto_config.https_destination_ports</c>).</summary>
    public ConfigList<int> HttpsPorts { get; init; } = [];

    /// <summary>Ports of this side that mean plain HTTP (<c>forward_proto_config.http_destination_ports</c>).</summary>
    public ConfigList<int> HttpPorts { get; init; } = [];

    /// <summary>Replaces the scheme of all requests: <c>http</c> or <c>https</c>; empty keeps it (<c>scheme_header_transformation.scheme_to_overwrite</c>).</summary>
    public string SchemeOverride { get; init; } = "";

    /// <summary>Requests get the scheme that the connection to the upstream has (<c>scheme_header_transformation.match_upstream</c>). Default false.</summary>
    public bool SchemeMatchesUpstream { get; init; }

    /// <summary>Ways to find the client, in order; none: by <see cref="TrustedHops"/>. Not together with <see cref="UseRemoteAddress"/> or <see cref="TrustedHops"/>.</summary>
    public ConfigList<OriginalAddressConfig> OriginalAddresses { get; init; } = [];

    /// <summary>Changes of request heads before anything else looks at them (<c>early_header_mutation_extensions</c>).</summary>
    public ConfigList<HeaderMutationConfig> EarlyMutations { get; init; } = [];

    /// <summary>
    /// Marks a request id that is kept although it comes from outside as not traced, so that clients cannot choose (<c>UuidRequestIdConfig.pack_trace_reason</c>).
    /// Default true.
    /// </summary>
    public bool PackTraceReason { get; init; } = true;

    /// <summary>Makes <c>x-request-id</c>. Default true.</summary>
    public bool GenerateRequestId { get; init; } = true;

    /// <summary>Keeps a request id from outside. Default false.</summary>
    public bool PreserveExternalRequestId { get; init; }

    /// <summary>Puts the request id in responses. Default false.</summary>
    public bool AlwaysSetRequestIdInResponse { get; init; }

    /// <summary>Passes <c>100 Continue</c> between upstream and client instead of answering itself. Default false.</summary>
    public bool Proxy100Continue { get; init; }

    /// <summary>Size of a request's head in KiB. Default 60.</summary>
    public int MaxRequestHeadersKilobytes { get; init; } = 60;

    /// <summary>Headers of a request. Default 100.</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>Requests per connection; null without limit.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Underscores in header names.</summary>
    public UnderscoresAction HeadersWithUnderscores { get; init; }

    /// <summary>HTTP/1 details.</summary>
    public Http1Config Http1 { get; init; } = new();

    /// <summary>HTTP/2 details.</summary>
    public Http2Config Http2 { get; init; } = new();

    /// <summary>Keeps a connection after an invalid message where its end is known. Default false.</summary>
    public bool StreamErrorOnInvalidMessage { get; init; }

    /// <summary>Idle time of a connection without requests; null never. Default 1 h.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Age after which a connection is drained; null never.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>
    /// A connection that has reached <see cref="MaxConnectionDuration"/> stays until its next response, which announces the close, instead of being closed while
    /// a request may be on its way (<c>http1_safe_max_connection_duration</c>). Default false.
    /// </summary>
    public bool SafeMaxConnectionDuration { get; init; }

    /// <summary>Longest time of one request; null never.</summary>
    public TimeSpan? MaxStreamDuration { get; init; }

    /// <summary>Time without a byte in either direction of a request; null never. Default 5 min.</summary>
    public TimeSpan? StreamIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Time for a client of HTTP/2 to make room for the rest of an answer that is complete here; zero is no limit, null the time of
    /// <see cref="StreamIdleTimeout"/>. A stream that does not make it is reset (Envoy <c>stream_flush_timeout</c>).
    /// </summary>
    public TimeSpan? StreamFlushTimeout { get; init; }

    /// <summary>Time for a request to arrive whole; null never.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Time for a request's head to arrive; null never.</summary>
    public TimeSpan? RequestHeadersTimeout { get; init; }

    /// <summary>Time between the announcement of a drain and the close. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that a closing connection waits for its peer; zero closes at once. Default 1 s.</summary>
    public TimeSpan DelayedCloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Removes <c>.</c> and <c>..</c> segments from paths (RFC 3986, 6). Default false.</summary>
    public bool NormalizePath { get; init; }

    /// <summary>Joins repeated slashes. Default false.</summary>
    public bool MergeSlashes { get; init; }

    /// <summary>Escaped slashes in paths.</summary>
    public EscapedSlashesAction EscapedSlashes { get; init; }

    /// <summary>Removes the listener's own port from the host. Default false.</summary>
    public bool StripMatchingHostPort { get; init; }

    /// <summary>Removes any port from the host. Default false.</summary>
    public bool StripAnyHostPort { get; init; }

    /// <summary>Removes a dot at the end of the host. Default false.</summary>
    public bool StripTrailingHostDot { get; init; }

    /// <summary>Kinds of upgrade that pass.</summary>
    public ConfigList<UpgradeConfig> Upgrades { get; init; } = [];

    /// <summary>Logs of requests.</summary>
    public ConfigList<AccessLogConfig> AccessLogs { get; init; } = [];

    /// <summary>Also logs requests that are under way, this often; null never (<c>access_log_options.access_log_flush_interval</c>).</summary>
    public TimeSpan? AccessLogFlushInterval { get; init; }

    /// <summary>Also logs requests when they begin (<c>flush_access_log_on_new_request</c>). Default false.</summary>
    public bool LogOnNewRequest { get; init; }

    /// <summary>Also logs tunnels when they open (<c>flush_log_on_tunnel_successfully_established</c>). Default false.</summary>
    public bool LogOnTunnelEstablished { get; init; }

    /// <summary>Changes of local replies; the first whose filter says yes is used (<c>local_reply_config.mappers</c>).</summary>
    public ConfigList<LocalReplyMapperConfig> LocalReplyMappers { get; init; } = [];

    /// <summary>Format of the bodies of local replies; null sends the text as it is (<c>local_reply_config.body_format</c>).</summary>
    public LocalReplyFormatConfig? LocalReplyFormat { get; init; }
}

/// <summary>Changes some local replies (Envoy <c>ResponseMapper</c>). What is null stays as it is.</summary>
/// <param name="Filter">Which ones.</param>
public sealed record LocalReplyMapperConfig(AccessLogFilterConfig Filter)
{
    /// <summary>New status, 200 to 599.</summary>
    public int? Status { get; init; }

    /// <summary>New text; <c>%LOCAL_REPLY_BODY%</c> of the format.</summary>
    public string? Body { get; init; }

    /// <summary>Format in place of that of all local replies.</summary>
    public LocalReplyFormatConfig? Format { get; init; }

    /// <summary>Headers added.</summary>
    public ConfigList<HeaderAddition> Additions { get; init; } = [];
}

/// <summary>How bodies of local replies are made.</summary>
/// <param name="Format">Text or JSON with operators.</param>
/// <param name="ContentType">Content type; null is <c>text/plain</c> or <c>application/json</c>.</param>
public sealed record LocalReplyFormatConfig(LogFormatConfig Format, string? ContentType = null);
