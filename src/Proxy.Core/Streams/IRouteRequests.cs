namespace Proxy.Streams;

/// <summary>What a filter can do beside <see cref="IHttpFilterCallbacks"/> about a request that has no route yet.</summary>
internal interface IRouteRequests
{
    /// <summary>Asks for the virtual host or table that the request lacks.</summary>
    /// <param name="done">Called later, on the worker, when the route can be looked for again; perhaps after the stream has ended.</param>
    /// <returns>False when nothing can be asked for: <paramref name="done"/> is not called.</returns>
    bool TryRequestRoute(Action done);

    /// <summary>Looks for the route again, and applies what it says about the whole stream.</summary>
    void RefreshRoute();
}
