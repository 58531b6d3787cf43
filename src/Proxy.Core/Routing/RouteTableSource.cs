using Proxy.Http;
using Proxy.Routing.Discovery;
using Proxy.Workers;

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

    /// <summary>Brings the table, and virtual hosts that it lacks; null for a table that is always the same.</summary>
    public RouteSubscription? Origin { get; set; }

    public override RouteTable Of(HeaderMap headers) => _current;

    public override bool TryRequest(HeaderMap headers, Worker worker, Action done) => Origin?.TryRequestHost(headers, worker, done) ?? false;
}
