using System.Runtime.CompilerServices;
using Proxy.Configuration;

namespace Proxy.Routing;

/// <summary>
/// What routes say about the filters of a chain that they were not compiled for: the chain of an upgrade, or one in front of an upstream. Found by the
/// names of the filters, once for each route. From any thread.
/// </summary>
internal sealed class RouteFilterLookup
{
    private readonly ConditionalWeakTable<Route, FilterRouteConfig[]> _known = [];
    private readonly ConditionalWeakTable<Route, FilterRouteConfig[]>.CreateValueCallback _compile;
    private readonly RouteTableContext _context;

    public RouteFilterLookup(RouteTableContext context)
    {
        _context = context;
        _compile = Compile;
    }

    /// <summary>By the index of the filter in the chain; empty when the route says nothing about any filter.</summary>
    /// <exception cref="ConfigException">What it says breaks a rule of the filter.</exception>
    public ReadOnlySpan<FilterRouteConfig> Of(Route? route) => route is { PerFilter: not null } ? _known.GetValue(route, _compile) : default;

    private FilterRouteConfig[] Compile(Route route)
    {
        var faults = new FaultList();
        var slots = new FilterSlots(_context, faults);
        var levels = route.PerFilter!.Select(level => slots.Compile(level, "")).ToArray();
        faults.ThrowIfAny();
        return slots.Merge(levels);
    }
}
