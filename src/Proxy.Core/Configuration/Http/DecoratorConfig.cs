namespace Proxy.Configuration.Http;

/// <summary>Names the spans of a route's requests (Envoy <c>route.v3.Decorator</c>); without a tracer there is nothing to name.</summary>
/// <param name="Operation">Name of the operation.</param>
public sealed record DecoratorConfig(string Operation)
{
    /// <summary>Tells the next proxy the name as well (<c>x-envoy-decorator-operation</c>). Default true.</summary>
    public bool Propagate { get; init; } = true;
}
