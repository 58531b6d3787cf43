using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Routing.Specifiers;

/// <summary>Picks the cluster of each request of a route (Envoy <c>cluster_specifier_plugin</c>).</summary>
/// <remarks>Shared by all workers and called by any of them, for every request: it must neither lock nor allocate.</remarks>
public abstract class ClusterSpecifier
{
    /// <summary>The cluster's name; null or one that does not exist answers the request as the route's <c>cluster_not_found_response_code</c> says.</summary>
    /// <param name="request">The request's head, as filters have left it.</param>
    /// <param name="info">The record of the request.</param>
    /// <param name="worker">The worker that serves it: clock, chance.</param>
    public abstract string? Pick(HeaderMap request, StreamInfo info, Worker worker);
}
