using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the rules for requests from pages of other origins.</summary>
internal static class Cors
{
    public const string Objects =
        """
        cors
          allow_origin list text
          allow_methods text
          allow_headers text
          expose_headers text
          max_age text
          allow_credentials bool
        route_cors
          allow_origin list text
          allow_methods text
          allow_headers text
          expose_headers text
          max_age text
          allow_credentials bool
          enabled bool
        """;

    /// <summary>The rules as settings of the filter; null when there are none.</summary>
    public static V3Map? Translate(ConfigNode? cors)
    {
        if (cors is null)
        {
            return null;
        }

        var policy = V3Map.Packed(cors, "envoy.extensions.filters.http.cors.v3.CorsPolicy")
            .With("allow_origin_string_match", cors.ItemsOf("allow_origin").Select(static origin => V3Map.At(origin).With("exact", origin).ToNode()))
            .Copy(cors, "allow_methods", "allow_headers", "expose_headers", "max_age", "allow_credentials");
        if (cors.Get("enabled") is { Text: "false" } off)
        {
            policy.With("filter_enabled", V3Map.At(off).With("default_value", V3Map.At(off).With("numerator", 0).With("denominator", "HUNDRED")));
        }

        return V3Map.At(cors).With("envoy.filters.http.cors", policy);
    }
}
