using Proxy.Configuration.Http;
using Proxy.Resources;

namespace Proxy.Routing.Scopes;

/// <summary>A scope of one connection manager with its table. Main changes it, any worker reads it.</summary>
internal sealed class ScopeEntry(RouteScopeConfig config) : IDisposable
{
    private volatile RouteTableSource? _tables;

    public RouteScopeConfig Config { get; } = config;

    /// <summary>What the table waits for. On main.</summary>
    public ResourceScope Scope { get; } = new();

    /// <summary>Where the table is; null before it is asked for.</summary>
    public RouteTableSource? Tables
    {
        get => _tables;
        set => _tables = value;
    }

    public void Dispose() => Scope.Dispose();
}
