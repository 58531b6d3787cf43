namespace Proxy.Routing;

/// <summary>One compiled route: what was matched and what is to be done. Immutable, shared by all workers.</summary>
public abstract class Route
{
    /// <summary>Name of the route; empty when it has none.</summary>
    public abstract string Name { get; }

    /// <summary>Name of the virtual host.</summary>
    public abstract string VirtualHostName { get; }
}
