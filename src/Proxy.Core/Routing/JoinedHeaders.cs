using Proxy.Http;

namespace Proxy.Routing;

/// <summary>Which headers Envoy keeps once per message: a second value is appended to the first behind a comma.</summary>
internal static class JoinedHeaders
{
    private static readonly bool[] Request = Flags(
        KnownHeader.Connection, KnownHeader.ContentLength, KnownHeader.ContentType, KnownHeader.TransferEncoding, KnownHeader.KeepAlive,
        KnownHeader.ProxyConnection, KnownHeader.Upgrade, KnownHeader.Te, KnownHeader.Expect, KnownHeader.Via, KnownHeader.UserAgent,
        KnownHeader.Accept, KnownHeader.AcceptEncoding, KnownHeader.Authorization, KnownHeader.CacheControl, KnownHeader.Origin,
        KnownHeader.ContentEncoding,
        KnownHeader.GrpcTimeout, KnownHeader.XForwardedFor, KnownHeader.XForwardedProto, KnownHeader.XForwardedHost, KnownHeader.XForwardedPort,
        KnownHeader.XForwardedClientCert, KnownHeader.XRequestId, KnownHeader.XClientTraceId, KnownHeader.XEnvoyAttemptCount,
        KnownHeader.XEnvoyDecoratorOperation, KnownHeader.XEnvoyDownstreamServiceCluster, KnownHeader.XEnvoyDownstreamServiceNode,
        KnownHeader.XEnvoyExpectedRqTimeoutMs, KnownHeader.XEnvoyExternalAddress, KnownHeader.XEnvoyForceTrace,
        KnownHeader.XEnvoyHedgeOnPerTryTimeout, KnownHeader.XEnvoyInternal, KnownHeader.XEnvoyIpTags, KnownHeader.XEnvoyIsTimeoutRetry,
        KnownHeader.XEnvoyMaxRetries, KnownHeader.XEnvoyOriginalHost, KnownHeader.XEnvoyOriginalPath, KnownHeader.XEnvoyRetriableHeaderNames,
        KnownHeader.XEnvoyRetriableStatusCodes, KnownHeader.XEnvoyRetryGrpcOn, KnownHeader.XEnvoyRetryOn, KnownHeader.XEnvoyUpstreamAltStatName,
        KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs, KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse, KnownHeader.XEnvoyUpstreamRqTimeoutMs,
        KnownHeader.XEnvoyUpstreamStreamDurationMs);

    private static readonly bool[] Response = Flags(
        KnownHeader.Connection, KnownHeader.ContentLength, KnownHeader.ContentType, KnownHeader.TransferEncoding, KnownHeader.KeepAlive,
        KnownHeader.ProxyConnection, KnownHeader.Upgrade, KnownHeader.Via, KnownHeader.Date, KnownHeader.Server, KnownHeader.Location,
        KnownHeader.CacheControl, KnownHeader.ContentEncoding, KnownHeader.Etag, KnownHeader.Vary, KnownHeader.LastModified,
        KnownHeader.GrpcStatus, KnownHeader.GrpcMessage, KnownHeader.XRequestId, KnownHeader.XEnvoyAttemptCount,
        KnownHeader.XEnvoyDecoratorOperation, KnownHeader.XEnvoyDegraded, KnownHeader.XEnvoyImmediateHealthCheckFail,
        KnownHeader.XEnvoyRatelimited, KnownHeader.XEnvoyUpstreamCanary, KnownHeader.XEnvoyUpstreamHealthcheckedCluster,
        KnownHeader.XEnvoyUpstreamServiceTime);

    /// <summary>True when values of the header <paramref name="id"/> are joined, in requests or in responses.</summary>
    public static bool Join(KnownHeader id, bool request) => (request ? Request : Response)[(int)id];

    private static bool[] Flags(params ReadOnlySpan<KnownHeader> ids)
    {
        var flags = new bool[KnownHeaders.Count];
        foreach (var id in ids)
        {
            flags[(int)id] = true;
        }

        return flags;
    }
}
