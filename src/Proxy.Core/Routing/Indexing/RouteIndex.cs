namespace Proxy.Routing.Indexing;

/// <summary>
/// Finds the first route that matches, as a walk over the list would, in time that depends on the length of the path instead of the number of routes.
/// Immutable.
/// </summary>
/// <remarks>
/// Prefixes and exact paths stand in trees, one for each way to treat case. A walk down gives a bound: the first route on the way that asks for nothing but
/// the path. Only what stands before it in the list and may refuse (conditional routes on the way, expressions, templates) is asked for its opinion.
/// </remarks>
internal sealed class RouteIndex
{
    /// <summary>Stands for "no route".</summary>
    public const int None = int.MaxValue;

    private readonly RouteMatcher[] _routes;
    private readonly PathTree? _exactCase;
    private readonly PathTree? _anyCase;
    private readonly int[] _others; // ascending

    private RouteIndex(RouteMatcher[] routes, PathTree? exactCase, PathTree? anyCase, int[] others)
    {
        _routes = routes;
        _exactCase = exactCase;
        _anyCase = anyCase;
        _others = others;
    }

    /// <summary>Indexes <paramref name="routes"/>, which stand in the order of the list.</summary>
    public static RouteIndex Of(RouteMatcher[] routes)
    {
        var exactCase = new PathTreeBuilder(ignoreCase: false);
        var anyCase = new PathTreeBuilder(ignoreCase: true);
        var others = new List<int>();
        for (var i = 0; i < routes.Length; i++)
        {
            var key = routes[i].Key;
            if (key.IsIndexable)
            {
                (key.IgnoreCase ? anyCase : exactCase).Add(key, i);
            }
            else
            {
                others.Add(i);
            }
        }

        return new RouteIndex(routes, exactCase.Build(), anyCase.Build(), [.. others]);
    }

    /// <summary>Place of the first route that matches; <see cref="None"/> when there is none.</summary>
    public int Find(in RequestTarget target, in RouteQuery query)
    {
        var found = None;
        if (target.HasPath)
        {
            var doubtful = None;
            _exactCase?.Bound(target.Path, ref found, ref doubtful);
            _anyCase?.Bound(target.Path, ref found, ref doubtful);
            if (doubtful < found)
            {
                _exactCase?.Ask(_routes, target, query, ref found);
                _anyCase?.Ask(_routes, target, query, ref found);
            }
        }

        return FirstOf(_others, found, _routes, target, query);
    }

    /// <summary>The first of <paramref name="candidates"/> (ascending places) before <paramref name="limit"/> that matches, else <paramref name="limit"/>.</summary>
    internal static int FirstOf(ReadOnlySpan<int> candidates, int limit, RouteMatcher[] routes, in RequestTarget target, in RouteQuery query)
    {
        foreach (var route in candidates)
        {
            if (route >= limit)
            {
                break;
            }

            if (routes[route].Matches(target, query))
            {
                return route;
            }
        }

        return limit;
    }
}
