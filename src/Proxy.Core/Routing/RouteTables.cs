using Proxy.Http;
using Proxy.Workers;

namespace Proxy.Routing;

/// <summary>The route tables of a connection manager. Main changes them, any worker reads them.</summary>
/// <remarks>A request keeps the route that it was given by the table of its time.</remarks>
internal abstract class RouteTables
{
    /// <summary>The table for a request. Without allocation.</summary>
    public abstract RouteTable Of(HeaderMap headers);

    /// <summary>Asks for what the table of a request lacks, when it can be had. On the request's worker.</summary>
    /// <param name="headers">The request's head.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="done">Called there, later, when the route can be looked for again.</param>
    /// <returns>False when nothing can be asked for: <paramref name="done"/> is not called.</returns>
    public virtual bool TryRequest(HeaderMap headers, Worker worker, Action done) => false;
}
