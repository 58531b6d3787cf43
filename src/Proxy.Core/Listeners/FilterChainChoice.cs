using Proxy.Connections;

namespace Proxy.Listeners;

/// <summary>How a listener finds the filter chain for a connection. Immutable, shared by all workers.</summary>
internal abstract class FilterChainChoice(FilterChain? fallback)
{
    /// <summary>The chain for connections that no other takes; null for none.</summary>
    public FilterChain? Fallback { get; } = fallback;

    /// <summary>The chain for a connection; null when it is to be closed.</summary>
    public abstract FilterChain? Find(ConnectionInfo info);
}
