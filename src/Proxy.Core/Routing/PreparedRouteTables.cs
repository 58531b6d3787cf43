using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Routing;

/// <summary>
/// Route tables that were compiled when a configuration was checked, for the listeners that are made of it next: most tables have nothing in them that
/// belongs to the one or the other, and a large one takes its time.
/// </summary>
/// <remarks>On main.</remarks>
internal sealed class PreparedRouteTables
{
    private readonly Dictionary<RouteTableConfig, (RouteTable Table, RouteTableContext Context)> _tables = new(ReferenceEqualityComparer.Instance);

    /// <summary>Compiles a table to see whether it can be, and keeps it.</summary>
    /// <exception cref="ConfigException">It breaks rules.</exception>
    public RouteTable Check(RouteTableConfig config, RouteTableContext context)
    {
        var table = RouteTable.Compile(config, context);
        _tables[config] = (table, context);
        return table;
    }

    /// <summary>The table that <see cref="Check"/> has kept, where it fits, or a new one.</summary>
    /// <exception cref="ConfigException">It breaks rules.</exception>
    public RouteTable Take(RouteTableConfig config, RouteTableContext context)
    {
        return _tables.Remove(config, out var known) && known.Context.Serves(context) ? known.Table : RouteTable.Compile(config, context);
    }

    /// <summary>Forgets what nobody took.</summary>
    public void Clear() => _tables.Clear();
}
