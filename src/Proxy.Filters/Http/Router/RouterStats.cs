using Proxy.Stats;

namespace Proxy.Filters.Http.Router;

/// <summary>What routers count under the prefix of their connection manager, <c>http.PREFIX.</c></summary>
internal static class RouterStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId NoRoute = Schema.Counter("no_route");
    public static readonly CounterId NoCluster = Schema.Counter("no_cluster");
    public static readonly CounterId DirectResponse = Schema.Counter("rq_direct_response");
    public static readonly CounterId RequestTotal = Schema.Counter("rq_total");
    public static readonly CounterId ResetAfterResponseStarted = Schema.Counter("rq_reset_after_downstream_response_started");
    public static readonly CounterId RedirectBadLocation = Schema.Counter("passthrough_internal_redirect_bad_location");
    public static readonly CounterId RedirectNoRoute = Schema.Counter("passthrough_internal_redirect_no_route");
    public static readonly CounterId RedirectRefused = Schema.Counter("passthrough_internal_redirect_predicate");
    public static readonly CounterId RedirectTooMany = Schema.Counter("passthrough_internal_redirect_too_many_redirects");
    public static readonly CounterId RedirectUnsafeScheme = Schema.Counter("passthrough_internal_redirect_unsafe_scheme");

    /// <summary>Stays zero, as in Envoy, which counts redirects as direct responses; dashboards expect it.</summary>
    public static readonly CounterId Redirect = Schema.Counter("rq_redirect");
}
