namespace Proxy.Clusters.Breakers;

/// <summary>What a circuit breaker counts.</summary>
internal enum BreakerResource
{
    Connections,
    PendingRequests,
    Requests,
    Retries,
}
