using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Streams;

namespace Proxy.Routing;

/// <summary>What a route table is compiled against: one HTTP filter chain and the proxy around it. Notes which parts of it went into the table.</summary>
internal sealed record RouteTableContext
{
    private readonly RuntimeSnapshot _runtime = RuntimeSnapshot.Empty;
    private readonly FormatEnvironment _formats = FormatEnvironment.Empty;
    private readonly FilterFactoryContext? _factory;
    private bool _usedRuntime;
    private bool _usedFormats;
    private bool _usedFactory;

    /// <summary>The chain that the table serves; per-filter configuration is kept by the index of the filter here.</summary>
    public IReadOnlyList<FilterConfig> Filters { get; init; } = [];

    /// <summary>Factory of a filter of the chain, given what a route says to it; null when there is none.</summary>
    public Func<FilterConfig, object, IHttpFilterFactory?> FindFactory { get; init; } = static (_, _) => null;

    /// <summary>Answers whether a cluster exists; null when that is not to be checked.</summary>
    public Func<string, bool>? ClusterExists { get; init; }

    /// <summary>Runtime values, for fractions.</summary>
    public RuntimeSnapshot Runtime
    {
        get => Note(ref _usedRuntime, _runtime);
        init => _runtime = value;
    }

    /// <summary>What command operators know about the process.</summary>
    public FormatEnvironment Formats
    {
        get => Note(ref _usedFormats, _formats);
        init => _formats = value;
    }

    /// <summary>Passed to the factories; may be null when <see cref="FindFactory"/> finds none.</summary>
    public FilterFactoryContext? Factory
    {
        get => Note(ref _usedFactory, _factory);
        init => _factory = value;
    }

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

    /// <summary>True when a table that was compiled against this could as well have been compiled against <paramref name="other"/>.</summary>
    public bool Serves(RouteTableContext other)
    {
        return Filters.SequenceEqual(other.Filters)
            && (!_usedRuntime || ReferenceEquals(_runtime, other._runtime))
            && (!_usedFormats || ReferenceEquals(_formats, other._formats))
            && (!_usedFactory || ReferenceEquals(_factory, other._factory));
    }

    private static T Note<T>(ref bool used, T part)
    {
        used = true;
        return part;
    }
}
