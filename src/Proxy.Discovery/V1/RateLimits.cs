using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates what the rate limit service is told of a request.</summary>
internal static class RateLimits
{
    public const string Objects =
        """
        rate_limit
          stage 0..10
          disable_key text
          actions! nonempty list by type action
        action/source_cluster
          type! text
        action/destination_cluster
          type! text
        action/remote_address
          type! text
        action/request_headers
          type! text
          header_name! text
          descriptor_key! text
        action/generic_key
          type! text
          descriptor_value! text
        action/header_value_match
          type! text
          descriptor_value! text
          expect_match bool
          headers! nonempty list header_matcher
        """;

    /// <summary>The v3 descriptors of a virtual host or route.</summary>
    public static IEnumerable<ConfigNode?> Translate(IEnumerable<ConfigNode> limits) => limits.Select(static limit => V3Map.At(limit)
        .Copy(limit, "stage", "disable_key")
        .With("actions", limit.ItemsOf("actions").Select(static action => Action(action).ToNode()))
        .ToNode());

    /// <summary>Where the service is.</summary>
    public static V3Map Service(ConfigNode at, string cluster)
    {
        var service = V3Map.At(at).With("envoy_grpc", V3Map.At(at).With("cluster_name", cluster));
        return V3Map.At(at).With("grpc_service", service).With("transport_api_version", "V3");
    }

    private static V3Map Action(ConfigNode action)
    {
        var settings = V3Map.At(action);
        switch (action.TextOf("type"))
        {
            case "request_headers":
                settings.Copy(action, "header_name", "descriptor_key");
                break;
            case "generic_key":
                settings.Copy(action, "descriptor_value");
                break;
            case "header_value_match":
                settings.Copy(action, "descriptor_value", "expect_match").With("headers", HeaderMatchers.Headers(action.ItemsOf("headers")));
                break;
        }

        return V3Map.At(action).With(action.TextOf("type"), settings);
    }
}
