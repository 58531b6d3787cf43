namespace Proxy.Streams;

/// <summary>What went wrong with a request or connection, as Envoy's <c>%RESPONSE_FLAGS%</c> shows it (short names in the summaries).</summary>
[Flags]
public enum ResponseFlags : long
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>LH</summary>
    FailedLocalHealthCheck = 1L << 0,

    /// <summary>UH</summary>
    NoHealthyUpstream = 1L << 1,

    /// <summary>UT</summary>
    UpstreamRequestTimeout = 1L << 2,

    /// <summary>LR</summary>
    LocalReset = 1L << 3,

    /// <summary>UR</summary>
    UpstreamRemoteReset = 1L << 4,

    /// <summary>UF</summary>
    UpstreamConnectionFailure = 1L << 5,

    /// <summary>UC</summary>
    UpstreamConnectionTermination = 1L << 6,

    /// <summary>UO</summary>
    UpstreamOverflow = 1L << 7,

    /// <summary>NR</summary>
    NoRouteFound = 1L << 8,

    /// <summary>DI</summary>
    DelayInjected = 1L << 9,

    /// <summary>FI</summary>
    FaultInjected = 1L << 10,

    /// <summary>RL</summary>
    RateLimited = 1L << 11,

    /// <summary>UAEX</summary>
    UnauthorizedExternalService = 1L << 12,

    /// <summary>RLSE</summary>
    RateLimitServiceError = 1L << 13,

    /// <summary>DC</summary>
    DownstreamConnectionTermination = 1L << 14,

    /// <summary>URX</summary>
    UpstreamRetryLimitExceeded = 1L << 15,

    /// <summary>SI</summary>
    StreamIdleTimeout = 1L << 16,

    /// <summary>IH</summary>
    InvalidEnvoyRequestHeaders = 1L << 17,

    /// <summary>DPE</summary>
    DownstreamProtocolError = 1L << 18,

    /// <summary>UMSDR</summary>
    UpstreamMaxStreamDurationReached = 1L << 19,

    /// <summary>RFCF</summary>
    ResponseFromCacheFilter = 1L << 20,

    /// <summary>NFCF</summary>
    NoFilterConfigFound = 1L << 21,

    /// <summary>DT</summary>
    DurationTimeout = 1L << 22,

    /// <summary>UPE</summary>
    UpstreamProtocolError = 1L << 23,

    /// <summary>NC</summary>
    NoClusterFound = 1L << 24,

    /// <summary>OM</summary>
    OverloadManagerTerminated = 1L << 25,

    /// <summary>DF</summary>
    DnsResolutionFailed = 1L << 26,

    /// <summary>DO</summary>
    DropOverload = 1L << 27,

    /// <summary>DR</summary>
    DownstreamRemoteReset = 1L << 28,

    /// <summary>UDO</summary>
    UnconditionalDropOverload = 1L << 29,
}
