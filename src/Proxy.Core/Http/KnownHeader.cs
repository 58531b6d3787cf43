namespace Proxy.Http;

/// <summary>Headers that have a slot of their own in a <see cref="HeaderMap"/>: found without comparing names. Pseudo headers come first.</summary>
public enum KnownHeader : byte
{
    /// <summary>Any other header.</summary>
    None,

    /// <summary><c>:method</c></summary>
    Method,

    /// <summary><c>:path</c></summary>
    Path,

    /// <summary><c>:scheme</c></summary>
    Scheme,

    /// <summary><c>:authority</c></summary>
    Authority,

    /// <summary><c>:status</c></summary>
    Status,

    /// <summary><c>:protocol</c></summary>
    Protocol,

    /// <summary><c>host</c></summary>
    Host,

    /// <summary><c>connection</c></summary>
    Connection,

    /// <summary><c>content-length</c></summary>
    ContentLength,

    /// <summary><c>content-type</c></summary>
    ContentType,

    /// <summary><c>transfer-encoding</c></summary>
    TransferEncoding,

    /// <summary><c>keep-alive</c></summary>
    KeepAlive,

    /// <summary><c>proxy-connection</c></summary>
    ProxyConnection,

    /// <summary><c>upgrade</c></summary>
    Upgrade,

    /// <summary><c>te</c></summary>
    Te,

    /// <summary><c>trailer</c></summary>
    Trailer,

    /// <summary><c>expect</c></summary>
    Expect,

    /// <summary><c>date</c></summary>
    Date,

    /// <summary><c>server</c></summary>
    Server,

    /// <summary><c>via</c></summary>
    Via,

    /// <summary><c>user-agent</c></summary>
    UserAgent,

    /// <summary><c>accept</c></summary>
    Accept,

    /// <summary><c>accept-encoding</c></summary>
    AcceptEncoding,

    /// <summary><c>accept-language</c></summary>
    AcceptLanguage,

    /// <summary><c>authorization</c></summary>
    Authorization,

    /// <summary><c>cookie</c></summary>
    Cookie,

    /// <summary><c>set-cookie</c></summary>
    SetCookie,

    /// <summary><c>location</c></summary>
    Location,

    /// <summary><c>referer</c></summary>
    Referer,

    /// <summary><c>origin</c></summary>
    Origin,

    /// <summary><c>content-encoding</c></summary>
    ContentEncoding,

    /// <summary><c>cache-control</c></summary>
    CacheControl,

    /// <summary><c>etag</c></summary>
    Etag,

    /// <summary><c>vary</c></summary>
    Vary,

    /// <summary><c>last-modified</c></summary>
    LastModified,

    /// <summary><c>if-none-match</c></summary>
    IfNoneMatch,

    /// <summary><c>if-modified-since</c></summary>
    IfModifiedSince,

    /// <summary><c>range</c></summary>
    Range,

    /// <summary><c>grpc-status</c></summary>
    GrpcStatus,

    /// <summary><c>grpc-message</c></summary>
    GrpcMessage,

    /// <summary><c>grpc-timeout</c></summary>
    GrpcTimeout,

    /// <summary><c>http2-settings</c></summary>
    Http2Settings,

    /// <summary><c>x-forwarded-for</c></summary>
    XForwardedFor,

    /// <summary><c>x-forwarded-proto</c></summary>
    XForwardedProto,

    /// <summary><c>x-forwarded-host</c></summary>
    XForwardedHost,

    /// <summary><c>x-forwarded-port</c></summary>
    XForwardedPort,

    /// <summary><c>x-forwarded-client-cert</c></summary>
    XForwardedClientCert,

    /// <summary><c>x-request-id</c></summary>
    XRequestId,

    /// <summary><c>x-real-ip</c></summary>
    XRealIp,

    /// <summary><c>x-client-trace-id</c></summary>
    XClientTraceId,

    /// <summary><c>x-envoy-attempt-count</c></summary>
    XEnvoyAttemptCount,

    /// <summary><c>x-envoy-decorator-operation</c></summary>
    XEnvoyDecoratorOperation,

    /// <summary><c>x-envoy-degraded</c></summary>
    XEnvoyDegraded,

    /// <summary><c>x-envoy-downstream-service-cluster</c></summary>
    XEnvoyDownstreamServiceCluster,

    /// <summary><c>x-envoy-downstream-service-node</c></summary>
    XEnvoyDownstreamServiceNode,

    /// <summary><c>x-envoy-expected-rq-timeout-ms</c></summary>
    XEnvoyExpectedRqTimeoutMs,

    /// <summary><c>x-envoy-external-address</c></summary>
    XEnvoyExternalAddress,

    /// <summary><c>x-envoy-force-trace</c></summary>
    XEnvoyForceTrace,

    /// <summary><c>x-envoy-hedge-on-per-try-timeout</c></summary>
    XEnvoyHedgeOnPerTryTimeout,

    /// <summary><c>x-envoy-immediate-health-check-fail</c></summary>
    XEnvoyImmediateHealthCheckFail,

    /// <summary><c>x-envoy-internal</c></summary>
    XEnvoyInternal,

    /// <summary><c>x-envoy-ip-tags</c></summary>
    XEnvoyIpTags,

    /// <summary><c>x-envoy-is-timeout-retry</c></summary>
    XEnvoyIsTimeoutRetry,

    /// <summary><c>x-envoy-local-overloaded</c></summary>
    XEnvoyLocalOverloaded,

    /// <summary><c>x-envoy-max-retries</c></summary>
    XEnvoyMaxRetries,

    /// <summary><c>x-envoy-original-host</c></summary>
    XEnvoyOriginalHost,

    /// <summary><c>x-envoy-original-path</c></summary>
    XEnvoyOriginalPath,

    /// <summary><c>x-envoy-overloaded</c></summary>
    XEnvoyOverloaded,

    /// <summary><c>x-envoy-ratelimited</c></summary>
    XEnvoyRatelimited,

    /// <summary><c>x-envoy-retriable-header-names</c></summary>
    XEnvoyRetriableHeaderNames,

    /// <summary><c>x-envoy-retriable-status-codes</c></summary>
    XEnvoyRetriableStatusCodes,

    /// <summary><c>x-envoy-retry-grpc-on</c></summary>
    XEnvoyRetryGrpcOn,

    /// <summary><c>x-envoy-retry-on</c></summary>
    XEnvoyRetryOn,

    /// <summary><c>x-envoy-upstream-alt-stat-name</c></summary>
    XEnvoyUpstreamAltStatName,

    /// <summary><c>x-envoy-upstream-canary</c></summary>
    XEnvoyUpstreamCanary,

    /// <summary><c>x-envoy-upstream-healthchecked-cluster</c></summary>
    XEnvoyUpstreamHealthcheckedCluster,

    /// <summary><c>x-envoy-upstream-rq-per-try-timeout-ms</c></summary>
    XEnvoyUpstreamRqPerTryTimeoutMs,

    /// <summary><c>x-envoy-upstream-rq-timeout-alt-response</c></summary>
    XEnvoyUpstreamRqTimeoutAltResponse,

    /// <summary><c>x-envoy-upstream-rq-timeout-ms</c></summary>
    XEnvoyUpstreamRqTimeoutMs,

    /// <summary><c>x-envoy-upstream-service-time</c></summary>
    XEnvoyUpstreamServiceTime,

    /// <summary><c>x-envoy-upstream-stream-duration-ms</c></summary>
    XEnvoyUpstreamStreamDurationMs,

    /// <summary><c>x-ot-span-context</c></summary>
    XOtSpanContext,

    /// <summary><c>x-b3-traceid</c></summary>
    XB3Traceid,

    /// <summary><c>x-b3-spanid</c></summary>
    XB3Spanid,

    /// <summary><c>x-b3-sampled</c></summary>
    XB3Sampled,

    /// <summary><c>x-b3-flags</c></summary>
    XB3Flags,

    /// <summary><c>traceparent</c></summary>
    Traceparent,

    /// <summary><c>tracestate</c></summary>
    Tracestate,
}
