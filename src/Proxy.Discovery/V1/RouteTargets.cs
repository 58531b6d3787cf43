using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates where a route sends requests, and how.</summary>
internal static class RouteTargets
{
    /// <summary>The v3 action.</summary>
    public static V3Map Translate(ConfigNode route, V1Context context)
    {
        var isWebSocket = route.IsTrue("use_websocket");
        var hasLimit = !isWebSocket && route.Get("timeout_ms")?.ToNumber() != 0;
        return V3Map.At(route)
            .Copy(route, "cluster", "cluster_header", "weighted_clusters", "prefix_rewrite", "auto_host_rewrite")
            .With("host_rewrite_literal", route.Get("host_rewrite"))
            .With("timeout", isWebSocket ? route.Get("use_websocket")!.As("0s") : route.Milliseconds("timeout_ms"))
            .With("retry_policy", route.Get("retry_policy") is { } policy ? Retry(policy, hasLimit, context) : null)
            .With("request_mirror_policies", route.Get("shadow") is { } shadow ? V3Map.List(Mirror(shadow)) : null)
            .With("priority", route.Upper("priority"))
            .With("rate_limits", context.LimitsRates ? RateLimits.Translate(route.ItemsOf("rate_limits")) : [])
            .With("include_vh_rate_limits", context.LimitsRates ? route.Get("include_vh_rate_limits") : null)
            .With("hash_policy", route.Get("hash_policy") is { } hash ? V3Map.List(V3Map.At(hash).With("header", V3Map.At(hash).Copy(hash, "header_name"))) : null)
            .With("upgrade_configs", isWebSocket ? V3Map.List(V3Map.At(route.Get("use_websocket")!).With("upgrade_type", "websocket")) : null);
    }

    // v1 held the time of a try against that of the whole, and no time is less than none.
    private static V3Map Retry(ConfigNode policy, bool hasLimit, V1Context context)
    {
        if (!hasLimit)
        {
            context.WarnUnused(policy, "tries have no limit where the route has none", "per_try_timeout_ms");
        }

        return V3Map.At(policy).Copy(policy, "retry_on", "num_retries").With("per_try_timeout", hasLimit ? policy.Milliseconds("per_try_timeout_ms") : null);
    }

    private static V3Map Mirror(ConfigNode shadow)
    {
        var mirror = V3Map.At(shadow).Copy(shadow, "cluster");
        if (shadow.Get("runtime_key") is { } key)
        {
            var none = V3Map.At(key).With("numerator", 0).With("denominator", "TEN_THOUSAND");
            mirror.With("runtime_fraction", V3Map.At(key).With("default_value", none).With("runtime_key", key));
        }

        return mirror;
    }
}
