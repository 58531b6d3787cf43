namespace Proxy.Routing.Actions;

/// <summary>What a compiled route does with a request. Immutable, shared by all workers.</summary>
internal abstract class RouteAction;
