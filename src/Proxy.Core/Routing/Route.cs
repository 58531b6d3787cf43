using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing.Actions;
using Proxy.Stats;

namespace Proxy.Routing;

/// <summary>One compiled route: what was matched and what is to be done. Immutable, shared by all workers.</summary>
/// <remarks>Of a route with weighted clusters there is one instance for each cluster, so everything that depends on the choice is settled when a route is found.</remarks>
public sealed class Route
{
    private readonly FilterRouteConfig[] _filters;

    internal Route(string name, VirtualHost host, RouteAction action, RouteMatcher? match, FilterRouteConfig[] filters)
    {
        Name = name;
        VirtualHost = host;
        Action = action;
        Match = match;
        _filters = filters;
    }

    /// <summary>Name of the route; empty when it has none.</summary>
    public string Name { get; }

    /// <summary>Name of the virtual host.</summary>
    public string VirtualHostName => VirtualHost.Name;

    /// <summary>Name of the cluster that requests go to; null when the route answers itself or a header names the cluster.</summary>
    public string? ClusterName => (Action as ForwardAction)?.Cluster;

    /// <summary>What is to be done.</summary>
    internal RouteAction Action { get; }

    /// <summary>What matched; null for the redirect of a virtual host that wants TLS.</summary>
    internal RouteMatcher? Match { get; }

    internal VirtualHost VirtualHost { get; }

    /// <summary>What the levels say about filters, most specific first, for chains that the route was not compiled for; null when they say nothing.</summary>
    internal ConfigList<PerFilterConfig>[]? PerFilter { get; init; }

    /// <summary>Where the route's own requests are counted (<see cref="RouteStats"/>); null for nowhere.</summary>
    internal StatGroup? Stats { get; init; }

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    internal IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; init; }

    /// <summary>Header edits of all levels, in the order they are applied.</summary>
    internal HeaderEditPlan RequestEdits { get; init; } = HeaderEditPlan.None;

    /// <summary>Header edits of all levels, in the order they are applied; for local replies too when <see cref="Action"/> forwards.</summary>
    internal HeaderEditPlan ResponseEdits { get; init; } = HeaderEditPlan.None;

    /// <summary>
    /// Compiled configuration of the filter at <paramref name="slot"/> of the chain for this route: that of the weighted cluster, else of the route,
    /// else of the virtual host, else of the table; null when none has any.
    /// </summary>
    public object? FilterConfig(int slot) => (uint)slot < (uint)_filters.Length && _filters[slot].Configs is { } configs ? configs[0] : null;

    /// <summary>Compiled configuration of the filter at <paramref name="slot"/> of the chain from every level that has one, most specific first.</summary>
    public IReadOnlyList<object> FilterConfigs(int slot) => (uint)slot < (uint)_filters.Length && _filters[slot].Configs is { } configs ? configs : [];

    /// <summary>Whether the filter at <paramref name="slot"/> of the chain runs for this route; null leaves it to the chain.</summary>
    public bool? IsFilterEnabled(int slot) => (uint)slot < (uint)_filters.Length ? _filters[slot].Enabled : null;
}

/// <summary>What a route says about one filter.</summary>
/// <param name="Configs">Of each level that has one, most specific first; null for none.</param>
/// <param name="Enabled">Whether the filter runs; null leaves it to the chain.</param>
internal readonly record struct FilterRouteConfig(object[]? Configs, bool? Enabled)
{
    public static FilterRouteConfig Of(object? config, bool enabled) => new(config is null ? null : [config], enabled);

    /// <summary>This level over a less specific one.</summary>
    public FilterRouteConfig Under(FilterRouteConfig general)
    {
        var configs = Configs is null || general.Configs is null ? Configs ?? general.Configs : [.. Configs, .. general.Configs];
        return new FilterRouteConfig(configs, Enabled ?? general.Enabled);
    }
}
