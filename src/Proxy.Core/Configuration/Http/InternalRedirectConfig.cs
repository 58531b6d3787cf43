namespace Proxy.Configuration.Http;

/// <summary>Which redirects of the upstream are followed here instead of being sent to the client (Envoy <c>route.v3.InternalRedirectPolicy</c>).</summary>
public sealed record InternalRedirectConfig
{
    /// <summary>How many redirects one request may have followed, on whatever routes; the next one goes to the client. Default 1.</summary>
    public long MaxRedirects { get; init; } = 1;

    /// <summary>Statuses that are followed, out of 301, 302, 303, 307 and 308; others are ignored. Default 302.</summary>
    public ConfigList<int> StatusCodes { get; init; } = [302];

    /// <summary>All of them must agree to the new route, asked in this order.</summary>
    public ConfigList<InternalRedirectPredicateConfig> Predicates { get; init; } = [];

    /// <summary>Follows also from http to https and back. Default false.</summary>
    public bool AllowCrossScheme { get; init; }

    /// <summary>Headers of the redirect that replace those of the request; one that the redirect does not have is removed.</summary>
    public ConfigList<string> ResponseHeadersToCopy { get; init; } = [];
}

/// <summary>Whether a redirect may be followed to a route.</summary>
public abstract record InternalRedirectPredicateConfig;

/// <summary>Not twice from this route to the same one (Envoy <c>PreviousRoutesConfig</c>).</summary>
public sealed record PreviousRoutesPredicateConfig : InternalRedirectPredicateConfig;

/// <summary>To these routes only (Envoy <c>AllowListedRoutesConfig</c>).</summary>
/// <param name="Routes">Names of the routes.</param>
public sealed record AllowListedRoutesPredicateConfig(ConfigList<string> Routes) : InternalRedirectPredicateConfig;

/// <summary>Not from http to https (Envoy <c>SafeCrossSchemeConfig</c>).</summary>
public sealed record SafeCrossSchemePredicateConfig : InternalRedirectPredicateConfig;
