using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Streams;

namespace Proxy.Routing.Actions;

/// <summary>A step from one route to another.</summary>
/// <param name="From">Name of the route whose upstream has redirected.</param>
/// <param name="To">Name of the route that the new URL leads to.</param>
/// <param name="ToTls">The step leads from http to https.</param>
internal readonly record struct RedirectHop(string From, string To, bool ToTls);

/// <summary>Whether a redirect may be followed to a route. Immutable, shared by all workers.</summary>
internal abstract class InternalRedirectPredicate
{
    /// <summary>Compiles a predicate.</summary>
    public static InternalRedirectPredicate Of(InternalRedirectPredicateConfig config)
    {
        return config switch
        {
            PreviousRoutesPredicateConfig => new PreviousRoutes(),
            AllowListedRoutesPredicateConfig allowed => new AllowListedRoutes([.. allowed.Routes]),
            SafeCrossSchemePredicateConfig => new SafeCrossScheme(),
            _ => throw new ConfigException("internal_redirect_policy", $"unknown predicate {config.GetType().Name}"),
        };
    }

    public abstract bool Accepts(RedirectHistory history, in RedirectHop hop);

    private sealed class PreviousRoutes : InternalRedirectPredicate
    {
        public override bool Accepts(RedirectHistory history, in RedirectHop hop) => history.TryRemember(hop.From, hop.To);
    }

    private sealed class AllowListedRoutes(HashSet<string> names) : InternalRedirectPredicate
    {
        public override bool Accepts(RedirectHistory history, in RedirectHop hop) => names.Contains(hop.To);
    }

    private sealed class SafeCrossScheme : InternalRedirectPredicate
    {
        public override bool Accepts(RedirectHistory history, in RedirectHop hop) => !hop.ToTls;
    }
}
