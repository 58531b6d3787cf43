using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates single routes.</summary>
internal static class Routes
{
    public const string Objects =
        """
        route
          prefix text
          path text
          regex text
          cluster text
          cluster_header text
          weighted_clusters weighted_clusters
          host_redirect text
          path_redirect text
          prefix_rewrite text
          host_rewrite text
          auto_host_rewrite bool
          use_websocket bool
          case_sensitive bool
          timeout_ms 0..
          runtime route_runtime
          retry_policy retry_policy
          shadow shadow
          priority default|high
          headers nonempty list header_matcher
          query_parameters nonempty list query_matcher
          rate_limits list rate_limit
          include_vh_rate_limits bool
          hash_policy hash_policy
          request_headers_to_add nonempty unique list header
          opaque_config texts
          decorator decorator
          cors route_cors
        weighted_clusters
          clusters! list weighted_cluster
          runtime_key_prefix text
        weighted_cluster
          name! text
          weight! 0..
        route_runtime
          key! text
          default! 0..
        retry_policy
          per_try_timeout_ms 1..
          num_retries 0..
          retry_on! text
        shadow
          cluster! nonempty text
          runtime_key text
        hash_policy
          header_name! text
        decorator
          operation! text
        """;

    /// <summary>The v3 route.</summary>
    public static ConfigNode Translate(ConfigNode route, V1Context context)
    {
        var isRedirect = RouteRules.Check(route, context);
        var translated = V3Map.At(route)
            .With("match", Match(route))
            .With("request_headers_to_add", RouteTables.Additions(route.ItemsOf("request_headers_to_add")))
            .With("typed_per_filter_config", Cors.Translate(route.Get("cors")))
            .Copy(route, "decorator");
        if (route.Get("opaque_config") is { } opaque)
        {
            translated.With("metadata", V3Map.At(opaque).With("filter_metadata", V3Map.At(opaque).With("envoy.router", opaque)));
        }

        return (isRedirect ? translated.With("redirect", Redirect(route)) : translated.With("route", RouteTargets.Translate(route, context))).ToNode();
    }

    private static V3Map Match(ConfigNode route)
    {
        var match = V3Map.At(route)
            .Copy(route, "prefix", "path", "case_sensitive")
            .With("safe_regex", route.Get("regex") is { } regex ? HeaderMatchers.Regex(regex) : null)
            .With("headers", HeaderMatchers.Headers(route.ItemsOf("headers")))
            .With("query_parameters", HeaderMatchers.Parameters(route.ItemsOf("query_parameters")));
        return route.Get("runtime") is { } runtime ? match.With("runtime_fraction", Fraction(runtime)) : match;
    }

    private static V3Map Fraction(ConfigNode runtime)
    {
        var share = V3Map.At(runtime).With("numerator", runtime.Get("default")).With("denominator", "HUNDRED");
        return V3Map.At(runtime).With("default_value", share).With("runtime_key", runtime.Get("key"));
    }

    // v1 dropped the query where the path changed; v3 keeps it unless told otherwise.
    private static V3Map Redirect(ConfigNode route)
    {
        var redirect = V3Map.At(route).Copy(route, "host_redirect", "path_redirect");
        var drops = route.Get("path_redirect") is { } path && !path.Text.Contains('?', StringComparison.Ordinal);
        return drops ? redirect.With("strip_query", true) : redirect;
    }
}
