using Proxy.Http;

namespace Proxy.Routing;

/// <summary>One route table: always the same, or the latest of a source.</summary>
internal sealed class RouteTableSource : RouteTables
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

    public override RouteTable Of(HeaderMap headers) => _current;
}
