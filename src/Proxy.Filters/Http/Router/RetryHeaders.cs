using Proxy.Http;

namespace Proxy.Filters.Http.Router;

/// <summary>Headers by which a client tells the router how to retry: for this proxy only, never for the upstream.</summary>
internal static class RetryHeaders
{
    /// <summary>Takes them out of the request.</summary>
    public static void Remove(HeaderMap headers)
    {
        headers.Remove(KnownHeader.XEnvoyRetryOn);
        headers.Remove(KnownHeader.XEnvoyRetryGrpcOn);
        headers.Remove(KnownHeader.XEnvoyMaxRetries);
        headers.Remove(KnownHeader.XEnvoyRetriableStatusCodes);
        headers.Remove(KnownHeader.XEnvoyRetriableHeaderNames);
        headers.Remove(KnownHeader.XEnvoyHedgeOnPerTryTimeout);
        headers.Remove(KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs);
        headers.Remove(KnownHeader.XEnvoyUpstreamAltStatName);
    }
}
