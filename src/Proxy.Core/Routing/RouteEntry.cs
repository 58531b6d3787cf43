namespace Proxy.Routing;

/// <summary>One configured route: its conditions and, by chance when clusters are weighted, the compiled route they lead to.</summary>
internal sealed class RouteEntry
{
    private readonly Route[] _choices;
    private readonly ulong[] _bounds; // running totals of the weights

    public RouteEntry(RouteMatcher match, Route[] choices, ReadOnlySpan<uint> weights)
    {
        Match = match;
        _choices = choices;
        _bounds = choices.Length == 1 ? [] : new ulong[choices.Length];
        var total = 0UL;
        for (var i = 0; i < _bounds.Length; i++)
        {
            _bounds[i] = total += weights[i];
        }
    }

    public RouteMatcher Match { get; }

    /// <summary>What decides in place of chance; null for nothing.</summary>
    public WeightedPick? Pick { get; init; }

    /// <summary>Weights that change while the proxy runs, in place of the ones configured; null for none.</summary>
    public RuntimeWeights? Live { get; init; }

    /// <summary>The route for a request that fulfils the conditions.</summary>
    public Route Choose(in RouteQuery query)
    {
        if (_choices.Length == 1)
        {
            return _choices[0];
        }

        var value = Pick?.ValueOf(query) ?? query.Random;
        if (Live?.Choose(value) is >= 0 and var choice)
        {
            return _choices[choice];
        }

        value %= _bounds[^1];
        var i = 0;
        while (value >= _bounds[i])
        {
            i++;
        }

        return _choices[i];
    }
}
