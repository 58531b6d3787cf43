using Envoy.Config.Route.V3;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>The older place of CORS policies: fields of virtual hosts and routes, for where the filter finds no policy of its own.</summary>
internal static class CorsPolicies
{
    public const string Supported = "envoy.config.route.v3.CorsPolicy: *";

    private const string Filter = "envoy.filters.http.cors";

    /// <summary>Adds the policy of a field, unless the level has one for the filter already.</summary>
    public static ConfigList<PerFilterConfig> Add(CorsPolicy? policy, ConfigList<PerFilterConfig> filters, Place place, TranslationContext context) =>
        policy is null || filters.Any(static filter => filter.Config is CorsPolicyConfig) ? filters : [.. filters, new PerFilterConfig(Filter, Translate(policy, place.Field("cors"), context))];

    private static CorsPolicyConfig Translate(CorsPolicy policy, Place place, TranslationContext context) => new()
    {
        AllowOrigins = policy.AllowOriginStringMatch.TranslateEach(place, "allow_origin_string_match", context, MatcherTranslator.Translate),
        AllowMethods = policy.AllowMethods,
        AllowHeaders = policy.AllowHeaders,
        ExposeHeaders = policy.ExposeHeaders,
        MaxAge = policy.MaxAge,
        AllowCredentials = policy.AllowCredentials,
        AllowPrivateNetwork = policy.AllowPrivateNetworkAccess,
        ForwardNotMatchingPreflights = policy.ForwardNotMatchingPreflights,
        Enabled = MatcherTranslator.Translate(policy.FilterEnabled),
        Shadow = MatcherTranslator.Translate(policy.ShadowEnabled),
    };
}
