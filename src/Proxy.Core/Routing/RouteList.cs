namespace Proxy.Routing;

/// <summary>Routes that a matcher leads to: the first that matches is taken. Immutable.</summary>
internal sealed class RouteList(RouteEntry[] routes)
{
    /// <summary>The first that matches; null when there is none.</summary>
    public Route? Match(in RequestTarget target, in RouteQuery query)
    {
        foreach (var route in routes)
        {
            if (route.Match.Matches(target, query))
            {
                return route.Choose(query);
            }
        }

        return null;
    }
}
