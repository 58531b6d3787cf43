using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Routing;

/// <summary>What a route is looked up by.</summary>
internal readonly ref struct RouteQuery
{
    /// <summary>The request's head.</summary>
    public required HeaderMap Headers { get; init; }

    /// <summary>The record of the request.</summary>
    public required StreamInfo Info { get; init; }

    /// <summary>The worker that asks; null in tests that do without.</summary>
    public Worker? Worker { get; init; }

    /// <summary>Chance of this request: runtime fractions and weighted clusters use the same value, so that a second look finds the same route.</summary>
    public ulong Random { get; init; }

    /// <summary>True when the request came over TLS, here or (by <c>x-forwarded-proto</c>) in front of here.</summary>
    public bool IsTls { get; init; }

    /// <summary>True when the request came from inside (<c>x-envoy-internal</c>).</summary>
    public bool IsInternal { get; init; }
}
