namespace Proxy.Discovery.V3.Routes;

/// <summary>What a route table says about all its routes.</summary>
/// <param name="BodyLimit">Largest body of a direct response, in bytes.</param>
/// <param name="ValidateClusters">Whether clusters that routes name must exist.</param>
internal sealed record RouteLevel(int BodyLimit, bool ValidateClusters);
