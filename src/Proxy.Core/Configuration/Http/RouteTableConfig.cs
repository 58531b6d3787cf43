using Proxy.Configuration.Discovery;
using Proxy.Configuration.Matching;

namespace Proxy.Configuration.Http;

/// <summary>A route table (Envoy <c>route.v3.RouteConfiguration</c>).</summary>
public sealed record RouteTableConfig
{
    /// <summary>Name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Virtual hosts; a domain stands in one of them only.</summary>
    public ConfigList<VirtualHostConfig> VirtualHosts { get; init; } = [];

    /// <summary>Header edits of every route.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;

    /// <summary>Headers that only requests from inside may carry: removed from all others.</summary>
    public ConfigList<string> InternalOnlyHeaders { get; init; } = [];

    /// <summary>Applies the edits of the most specific level last. Default false: first.</summary>
    public bool MostSpecificEditsWin { get; init; }

    /// <summary>Looks for virtual hosts without the port of the host header. Default false.</summary>
    public bool IgnorePortInHostMatching { get; init; }

    /// <summary>Header whose value is looked for among the domains instead of the host; null for the host (<c>vhost_header</c>).</summary>
    public string? VirtualHostHeader { get; init; }

    /// <summary>Matches paths without the parameters of their segments: what follows a semicolon up to the next slash. Default false.</summary>
    public bool IgnorePathParameters { get; init; }

    /// <summary>Largest body of a direct response, in bytes. Default 4096.</summary>
    public int MaxDirectResponseBodyBytes { get; init; } = 4096;

    /// <summary>Refuses the table when a route names a cluster that does not exist. Default true for static tables.</summary>
    public bool ValidateClusters { get; init; } = true;

    /// <summary>Where more virtual hosts come from, by themselves or as requests need them; null for nowhere (<c>vhds</c>). Of no use to a table that does not come from elsewhere.</summary>
    public ConfigSourceConfig? VirtualHostDiscovery { get; init; }

    /// <summary>Configuration of HTTP filters for the whole table, by filter name.</summary>
    public ConfigList<PerFilterConfig> PerFilter { get; init; } = [];
}

/// <summary>Configuration of one HTTP filter at one level of a route table (Envoy <c>typed_per_filter_config</c>).</summary>
/// <param name="FilterName">Name of the filter in the chain.</param>
/// <param name="Config">The filter's per-route record.</param>
/// <param name="Disabled">Leaves the filter out here.</param>
public sealed record PerFilterConfig(string FilterName, object? Config, bool Disabled = false);

/// <summary>Which requests must come over TLS (Envoy <c>VirtualHost.TlsRequirementType</c>).</summary>
public enum TlsRequirement
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those from outside; others may use plain HTTP.</summary>
    ExternalOnly,

    /// <summary>All.</summary>
    All,
}

/// <summary>Routes for some domains (Envoy <c>route.v3.VirtualHost</c>).</summary>
public sealed record VirtualHostConfig
{
    /// <summary>Name for logs and stats.</summary>
    public required string Name { get; init; }

    /// <summary>Hosts: exact, <c>*suffix</c>, <c>prefix*</c> or <c>*</c>.</summary>
    public required ConfigList<string> Domains { get; init; }

    /// <summary>Routes; the first that matches is taken.</summary>
    public ConfigList<RouteConfig> Routes { get; init; } = [];

    /// <summary>
    /// Chooses routes in place of the list: its actions are <see cref="RouteConfig"/> and <see cref="RouteListConfig"/>, of which the first that matches is
    /// taken. Null for none.
    /// </summary>
    public MatcherConfig? Matcher { get; init; }

    /// <summary>Header edits of every route here.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;

    /// <summary>Which requests must come over TLS.</summary>
    public TlsRequirement RequireTls { get; init; }

    /// <summary>Requests that are counted together; the first that matches counts.</summary>
    public ConfigList<VirtualClusterConfig> VirtualClusters { get; init; } = [];

    /// <summary>Configuration of HTTP filters here.</summary>
    public ConfigList<PerFilterConfig> PerFilter { get; init; } = [];

    /// <summary>Tells hosts how often a request was tried (<c>x-envoy-attempt-count</c>). Default false.</summary>
    public bool IncludeRequestAttemptCount { get; init; }

    /// <summary>Tells clients how often a request was tried. Default false.</summary>
    public bool IncludeAttemptCountInResponse { get; init; }

    /// <summary>Tells hosts of a retry whether it follows a timeout (<c>x-envoy-is-timeout-retry</c>). Default false.</summary>
    public bool IncludeIsTimeoutRetryHeader { get; init; }

    /// <summary>Metadata for logs and filters: namespaces, each a JSON object.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}

/// <summary>One route: a match and what to do (Envoy <c>route.v3.Route</c>).</summary>
public sealed record RouteConfig
{
    /// <summary>Name for logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which requests.</summary>
    public required RouteMatchConfig Match { get; init; }

    /// <summary>What to do with them.</summary>
    public required RouteActionConfig Action { get; init; }

    /// <summary>Counts the route's requests under <c>vhost.HOST.route.PREFIX.</c>; empty for not.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>Names the spans of the route's requests; null leaves it to the tracer.</summary>
    public DecoratorConfig? Decorator { get; init; }

    /// <summary>Header edits.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;

    /// <summary>Configuration of HTTP filters here.</summary>
    public ConfigList<PerFilterConfig> PerFilter { get; init; } = [];

    /// <summary>Metadata for logs and filters: namespaces, each a JSON object.</summary>
    public ConfigList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}

/// <summary>Routes that a matcher leads to (Envoy <c>route.v3.RouteList</c>); the first that matches is taken.</summary>
/// <param name="Routes">The routes.</param>
public sealed record RouteListConfig(ConfigList<RouteConfig> Routes);

/// <summary>How the path is compared.</summary>
public enum PathMatchKind
{
    /// <summary>Begins with the text, the query left out.</summary>
    Prefix,

    /// <summary>Is the text, the query left out.</summary>
    Exact,

    /// <summary>Is matched whole by an RE2 expression, the query left out.</summary>
    Regex,

    /// <summary>Is the text, or begins with it and a slash.</summary>
    SeparatedPrefix,

    /// <summary>The request is a CONNECT.</summary>
    Connect,

    /// <summary>Fits a template: <c>*</c> is a segment, <c>**</c> any rest, <c>{name}</c> and <c>{name=pattern}</c> are variables.</summary>
    Template,
}

/// <summary>Conditions of a route; all must hold (Envoy <c>route.v3.RouteMatch</c>).</summary>
public sealed record RouteMatchConfig(PathMatchKind Kind, string Path = "")
{
    /// <summary>Minds the case of the path. Default true.</summary>
    public bool CaseSensitive { get; init; } = true;

    /// <summary>Conditions on headers.</summary>
    public ConfigList<HeaderMatcherConfig> Headers { get; init; } = [];

    /// <summary>Conditions on query parameters.</summary>
    public ConfigList<QueryParameterMatcherConfig> QueryParameters { get; init; } = [];

    /// <summary>Conditions on cookies.</summary>
    public ConfigList<CookieMatcherConfig> Cookies { get; init; } = [];

    /// <summary>Whether the client showed a certificate; null does not ask.</summary>
    public bool? CertificatePresented { get; init; }

    /// <summary>Whether the client's certificate was found valid; null does not ask.</summary>
    public bool? CertificateValidated { get; init; }

    /// <summary>Share of the requests; null takes all.</summary>
    public FractionConfig? RuntimeFraction { get; init; }

    /// <summary>Conditions on dynamic metadata.</summary>
    public ConfigList<MetadataMatcherConfig> DynamicMetadata { get; init; } = [];

    /// <summary>Conditions on values that filters left.</summary>
    public ConfigList<FilterStateMatcherConfig> FilterState { get; init; } = [];

    /// <summary>Only gRPC requests. Default false.</summary>
    public bool Grpc { get; init; }
}

/// <summary>What a route does.</summary>
public abstract record RouteActionConfig;

/// <summary>Answers without an upstream (Envoy <c>DirectResponseAction</c>).</summary>
/// <param name="Status">Status of the answer.</param>
/// <param name="Body">Body of the answer.</param>
public sealed record DirectResponseActionConfig(int Status, string Body = "") : RouteActionConfig
{
    /// <summary>Makes the body sent, in which <c>%LOCAL_REPLY_BODY%</c> is <see cref="Body"/>; null sends it as it is (<c>body_format</c>).</summary>
    public LocalReplyFormatConfig? BodyFormat { get; init; }
}

/// <summary>Answers with another URL (Envoy <c>RedirectAction</c>). What is null stays as requested.</summary>
public sealed record RedirectActionConfig : RouteActionConfig
{
    /// <summary>Scheme becomes https. Default false.</summary>
    public bool HttpsRedirect { get; init; }

    /// <summary>New scheme.</summary>
    public string? Scheme { get; init; }

    /// <summary>New host.</summary>
    public string? Host { get; init; }

    /// <summary>New port.</summary>
    public int? Port { get; init; }

    /// <summary>New path; its own query wins over the request's.</summary>
    public string? Path { get; init; }

    /// <summary>Text in place of the matched prefix.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>Expression and replacement applied to the path.</summary>
    public RegexRewriteConfig? RegexRewrite { get; init; }

    /// <summary>Status of the answer: 301, 302, 303, 307 or 308. Default 301.</summary>
    public int Status { get; init; } = 301;

    /// <summary>Leaves the query out. Default false.</summary>
    public bool StripQuery { get; init; }
}

/// <summary>An RE2 expression and what its matches become (<c>\1</c> is the first group).</summary>
public sealed record RegexRewriteConfig(string Pattern, string Substitution);

/// <summary>Sends the request to a cluster (Envoy <c>RouteAction</c>).</summary>
public sealed record ForwardActionConfig : RouteActionConfig
{
    /// <summary>The cluster; null when <see cref="WeightedClusters"/> or <see cref="ClusterHeader"/> decide.</summary>
    public string? Cluster { get; init; }

    /// <summary>Header that names the cluster; null for none.</summary>
    public string? ClusterHeader { get; init; }

    /// <summary>
    /// Picks the cluster of each request: <see cref="MatcherClusterSpecifierConfig"/>, or the record of an
    /// <see cref="Routing.Specifiers.IClusterSpecifierFactory"/>; null for neither (<c>cluster_specifier_plugin</c>).
    /// </summary>
    public object? ClusterSpecifier { get; init; }

    /// <summary>Clusters that share the requests.</summary>
    public ConfigList<WeightedClusterConfig> WeightedClusters { get; init; } = [];

    /// <summary>Header whose number picks among <see cref="WeightedClusters"/>; where it has none, chance does. Null for chance always.</summary>
    public string? WeightHeader { get; init; }

    /// <summary>Picks among <see cref="WeightedClusters"/> by <see cref="HashPolicies"/>. Default false: by chance.</summary>
    public bool WeighsByHash { get; init; }

    /// <summary>Runtime values <c>PREFIX.CLUSTER</c> stand for weights; empty for none (<c>runtime_key_prefix</c>).</summary>
    public string WeightRuntimePrefix { get; init; } = "";

    /// <summary>Status when the cluster does not exist. Default 503.</summary>
    public int ClusterNotFoundStatus { get; init; } = 503;

    /// <summary>Text in place of the matched prefix or path.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>Expression and replacement applied to the path.</summary>
    public RegexRewriteConfig? RegexRewrite { get; init; }

    /// <summary>New path with command operators, such as <c>/for/%REQ(x-user)%</c>; null or empty for none (<c>path_rewrite</c>).</summary>
    public string? PathRewriteFormat { get; init; }

    /// <summary>New host with command operators; null or empty for none (<c>host_rewrite</c>).</summary>
    public string? HostRewriteFormat { get; init; }

    /// <summary>New path, made of the variables of the template matched.</summary>
    public string? TemplateRewrite { get; init; }

    /// <summary>New host.</summary>
    public string? HostRewrite { get; init; }

    /// <summary>The host becomes the name of the host picked. Default false.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>Header whose value becomes the host.</summary>
    public string? HostRewriteHeader { get; init; }

    /// <summary>Expression and replacement applied to the path; what comes out becomes the host.</summary>
    public RegexRewriteConfig? HostRewritePathRegex { get; init; }

    /// <summary>Appends the original host to <c>x-forwarded-host</c> when it is rewritten. Default false.</summary>
    public bool AppendForwardedHost { get; init; }

    /// <summary>Time for the whole answer; null is none. Default 15 s.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time without a byte in either direction; null leaves it to the connection manager.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// Time for a client of HTTP/2 to make room for the rest of a complete answer; zero is no limit, null leaves it to the connection manager
    /// (<c>flush_timeout</c>).
    /// </summary>
    public TimeSpan? FlushTimeout { get; init; }

    /// <summary>Limits of the whole stream, in place of <see cref="Timeout"/> and of the connection manager's; null for none of its own.</summary>
    public StreamDurationConfig? StreamDuration { get; init; }

    /// <summary>
    /// Takes the <c>grpc-timeout</c> of gRPC requests for their timeout, at most this; zero without a limit. Null takes <see cref="Timeout"/>
    /// (<c>max_grpc_timeout</c>, which Envoy has replaced by <see cref="StreamDuration"/>).
    /// </summary>
    public TimeSpan? MaxGrpcTimeout { get; init; }

    /// <summary>What is taken off a <c>grpc-timeout</c> first (<c>grpc_timeout_offset</c>).</summary>
    public TimeSpan? GrpcTimeoutOffset { get; init; }

    /// <summary>A try whose per-try timeout has passed goes on beside the next one; the first good answer wins. Default false.</summary>
    public bool HedgesOnPerTryTimeout { get; init; }

    /// <summary>When and how a request is tried again: the route's policy, else the virtual host's; null is never.</summary>
    public RetryPolicyConfig? RetryPolicy { get; init; }

    /// <summary>Which redirects of the upstream are followed here; null sends all of them to the client.</summary>
    public InternalRedirectConfig? InternalRedirects { get; init; }

    /// <summary>
    /// Bytes of a request that are kept so that it can be sent again; a larger one is not retried. Null takes the connection's limit
    /// (<c>request_body_buffer_limit</c>, <c>per_request_buffer_limit_bytes</c> of route or virtual host).
    /// </summary>
    public long? RequestBufferLimit { get; init; }

    /// <summary>Where copies of requests go: the route's policies, else the virtual host's, else the table's; empty for nowhere.</summary>
    public ConfigList<MirrorPolicyConfig> Mirrors { get; init; } = [];

    /// <summary>What of a request is hashed, in order, for clusters that pick hosts by hash; empty for nothing.</summary>
    public ConfigList<HashPolicyConfig> HashPolicies { get; init; } = [];

    /// <summary>High priority: other circuit breaker limits. Default false.</summary>
    public bool HighPriority { get; init; }

    /// <summary>Upgrades turned on or off for this route.</summary>
    public ConfigList<UpgradeConfig> Upgrades { get; init; } = [];
}

/// <summary>One of several clusters (Envoy <c>WeightedCluster.ClusterWeight</c>).</summary>
public sealed record WeightedClusterConfig(string Name, uint Weight)
{
    /// <summary>Header that names the cluster, in place of the name; null for none.</summary>
    public string? ClusterHeader { get; init; }

    /// <summary>Header edits when this one is picked.</summary>
    public HeaderEditsConfig Edits { get; init; } = HeaderEditsConfig.None;

    /// <summary>New host when this one is picked.</summary>
    public string? HostRewrite { get; init; }

    /// <summary>Configuration of HTTP filters when this one is picked.</summary>
    public ConfigList<PerFilterConfig> PerFilter { get; init; } = [];
}

/// <summary>Whether a kind of upgrade passes (Envoy <c>UpgradeConfig</c>).</summary>
/// <param name="UpgradeType">Such as <c>websocket</c> or <c>CONNECT</c>; case does not matter.</param>
/// <param name="Enabled">Default true.</param>
public sealed record UpgradeConfig(string UpgradeType, bool Enabled = true)
{
    /// <summary>CONNECT only: ends at this proxy, which sends the payload to the upstream as plain TCP (<c>connect_config</c>). Default false.</summary>
    public bool TerminateConnect { get; init; }

    /// <summary>Of a connection manager only: HTTP filters that such requests pass in place of its own; none for its own.</summary>
    public ConfigList<FilterConfig> Filters { get; init; } = [];
}
