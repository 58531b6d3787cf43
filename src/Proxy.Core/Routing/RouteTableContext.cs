using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Streams;

namespace Proxy.Routing;

/// <summary>What a route table is compiled against: one HTTP filter chain and the proxy around it.</summary>
internal sealed record RouteTableContext
{
    /// <summary>The chain that the table serves; per-filter configuration is kept by the index of the filter here.</summary>
    public IReadOnlyList<FilterConfig> Filters { get; init; } = [];

    /// <summary>Factory of a filter of the chain, given what a route says to it; null when there is none.</summary>
    public Func<FilterConfig, object, IHttpFilterFactory?> FindFactory { get; init; } = static (_, _) => null;

    /// <summary>Answers whether a cluster exists; null when that is not to be checked.</summary>
    public Func<string, bool>? ClusterExists { get; init; }

    /// <summary>Runtime values, for fractions.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>What command operators know about the process.</summary>
    public FormatEnvironment Formats { get; init; } = FormatEnvironment.Empty;

    /// <summary>Passed to the factories; may be null when <see cref="FindFactory"/> finds none.</summary>
    public FilterFactoryContext? Factory { get; init; }

    /// <summary>The context of a table that belongs to a connection manager with these filters.</summary>
    public static RouteTableContext For(FilterFactoryContext factory, IReadOnlyList<FilterConfig> filters)
    {
        return new RouteTableContext
        {
            Filters = filters,
            FindFactory = (filter, route) => filter.Config is DiscoveredFilterConfig ? factory.Filters.HttpOfRoute(route) : factory.Filters.Http(filter),
            ClusterExists = factory.Clusters.Contains,
            Runtime = factory.Runtime,
            Formats = factory.Formats,
            Factory = factory,
        };
    }
}
