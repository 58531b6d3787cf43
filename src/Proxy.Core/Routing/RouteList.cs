using Proxy.Routing.Indexing;

namespace Proxy.Routing;

/// <summary>Routes in order, of a virtual host or of a place in its matcher: the first that matches is taken. Immutable.</summary>
internal sealed class RouteList(RouteEntry[] routes)
{
    private readonly RouteIndex _index = RouteIndex.Of(Array.ConvertAll(routes, static route => route.Match));

    /// <summary>The first that matches; null when there is none.</summary>
    public Route? Match(in RequestTarget target, in RouteQuery query)
    {
        var found = _index.Find(target, query);
        return found == RouteIndex.None ? null : routes[found].Choose(query);
    }
}
