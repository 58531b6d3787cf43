using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Routing;

/// <summary>Header edits of all levels of one route for one direction, in the order they are applied. Immutable.</summary>
internal sealed class HeaderEditPlan
{
    private readonly HeaderEdits[] _levels;

    private HeaderEditPlan(HeaderEdits[] levels)
    {
        _levels = levels;
    }

    /// <summary>Changes nothing.</summary>
    public static HeaderEditPlan None { get; } = new([]);

    /// <summary>
    /// Puts levels in order: weighted cluster, route, virtual host, table; when the most specific one is to win: weighted cluster, table, virtual
    /// host, route.
    /// </summary>
    public static HeaderEditPlan Of(HeaderEdits? cluster, HeaderEdits? route, HeaderEdits? host, HeaderEdits? table, bool mostSpecificWins)
    {
        if (cluster is null && route is null && host is null && table is null)
        {
            return None;
        }

        HeaderEdits?[] order = mostSpecificWins ? [cluster, table, host, route] : [cluster, route, host, table];
        return new HeaderEditPlan([.. order.OfType<HeaderEdits>()]);
    }

    /// <summary>Edits <paramref name="headers"/>, which <paramref name="entry"/> shows to the command operators too.</summary>
    public void Apply(HeaderMap headers, in AccessLogEntry entry)
    {
        if (_levels.Length == 0)
        {
            return;
        }

        var scratch = HeaderEditScratch.Of(entry.Worker);
        foreach (var level in _levels)
        {
            level.Apply(headers, entry, scratch);
        }
    }
}
