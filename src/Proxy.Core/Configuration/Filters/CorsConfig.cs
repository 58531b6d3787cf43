using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that lets pages of other origins use a service (Envoy <c>cors.v3.Cors</c>); routes carry its policies.</summary>
public sealed record CorsConfig;

/// <summary>
/// What pages of other origins may do (Envoy <c>cors.v3.CorsPolicy</c>). A setting that a level of the route table leaves out is taken from the next wider
/// one; whether the filter acts is said by the narrowest level alone.
/// </summary>
public sealed record CorsPolicyConfig
{
    /// <summary>Origins that are allowed: one of them matches the request's, or <c>*</c>.</summary>
    public ConfigList<StringMatcherConfig> AllowOrigins { get; init; } = [];

    /// <summary>Value of <c>access-control-allow-methods</c>; <c>*</c> gives the requested one back, empty leaves it out.</summary>
    public string AllowMethods { get; init; } = "";

    /// <summary>Value of <c>access-control-allow-headers</c>; <c>*</c> gives the requested ones back, empty leaves it out.</summary>
    public string AllowHeaders { get; init; } = "";

    /// <summary>Value of <c>access-control-expose-headers</c>; empty leaves it out.</summary>
    public string ExposeHeaders { get; init; } = "";

    /// <summary>Value of <c>access-control-max-age</c>; empty leaves it out.</summary>
    public string MaxAge { get; init; } = "";

    /// <summary>Pages may send credentials; null is said elsewhere, and false where nowhere.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>Pages may reach private networks; null is said elsewhere, and false where nowhere.</summary>
    public bool? AllowPrivateNetwork { get; init; }

    /// <summary>Preflight requests of origins that are not allowed go to the upstream; null is said elsewhere, and true where nowhere.</summary>
    public bool? ForwardNotMatchingPreflights { get; init; }

    /// <summary>Share of the requests for which the filter acts; null for all.</summary>
    public FractionConfig? Enabled { get; init; }

    /// <summary>Share of the other requests whose origins are counted and nothing else; null for none.</summary>
    public FractionConfig? Shadow { get; init; }
}
