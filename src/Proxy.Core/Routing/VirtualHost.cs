using Proxy.Configuration.Http;
using Proxy.Matching;

namespace Proxy.Routing;

/// <summary>A compiled virtual host: its routes in order. Immutable once compiled, shared by all workers.</summary>
internal sealed class VirtualHost
{
    private RouteList _routes = new([]);
    private Matcher<RouteList>? _matcher;
    private Route? _tlsRedirect;

    public required string Name { get; init; }

    /// <summary>Sends <c>x-envoy-attempt-count</c> upstream.</summary>
    public bool IncludeRequestAttemptCount { get; init; }

    /// <summary>Sends <c>x-envoy-attempt-count</c> downstream.</summary>
    public bool IncludeAttemptCountInResponse { get; init; }

    /// <summary>Sends <c>x-envoy-is-timeout-retry</c> with retries.</summary>
    public bool IncludeIsTimeoutRetryHeader { get; init; }

    public TlsRequirement RequireTls { get; init; }

    /// <summary>Requests that are counted together; null when there are none.</summary>
    public VirtualClusters? VirtualClusters { get; init; }

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; init; }

    /// <summary>Ends the compilation.</summary>
    public void Complete(RouteEntry[] routes, Matcher<RouteList>? matcher, Route tlsRedirect)
    {
        _matcher = matcher;
        _routes = new RouteList(routes);
        _tlsRedirect = tlsRedirect;
    }

    /// <summary>The first route that matches, or the redirect that TLS needs; null when there is none.</summary>
    public Route? Match(in RequestTarget target, in RouteQuery query)
    {
        if (!query.IsTls && (RequireTls == TlsRequirement.All || (RequireTls == TlsRequirement.ExternalOnly && !query.IsInternal)))
        {
            return _tlsRedirect;
        }

        if (_matcher is not null)
        {
            var outcome = _matcher.Decide(MatchData.Of(query.Headers, query.Info, query.Worker), out var list);
            return outcome == MatchOutcome.Yes ? list!.Match(target, query) : null;
        }

        return _routes.Match(target, query);
    }
}
