namespace Proxy.Routing;

/// <summary>The route table of a connection manager: always the same one, or the latest of a source. Main changes it, any worker reads it.</summary>
/// <remarks>A request keeps the route that it was given by the table of its time.</remarks>
internal sealed class RouteTableSource
{
    private volatile RouteTable _current;

    /// <summary>Begins with <paramref name="table"/>.</summary>
    public RouteTableSource(RouteTable table)
    {
        _current = table;
    }

    /// <summary>The table that holds now.</summary>
    public RouteTable Current
    {
        get => _current;
        set => _current = value;
    }
}
