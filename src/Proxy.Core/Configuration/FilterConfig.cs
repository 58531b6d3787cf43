using Proxy.Configuration.Listeners;

namespace Proxy.Configuration;

/// <summary>A filter in a chain: its name there and its own configuration record, by whose type the factory is found.</summary>
/// <param name="Name">Name in the chain; per-route configuration refers to it.</param>
/// <param name="Config">The filter's configuration record, such as <c>RouterConfig</c>.</param>
public sealed record FilterConfig(string Name, object Config)
{
    /// <summary>Leaves the filter out unless a route turns it on (Envoy <c>HttpFilter.disabled</c>). Default false.</summary>
    public bool Disabled { get; init; }

    /// <summary>Connections that a listener filter leaves alone; null for none (Envoy <c>ListenerFilter.filter_disabled</c>).</summary>
    public ConnectionPredicateConfig? DisabledFor { get; init; }
}
