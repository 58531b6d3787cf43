using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates listeners, of a configuration or of an LDS answer.</summary>
internal static class Listeners
{
    public const string Objects =
        """
        listener
          name text
          address! text
          filters! list network_filter
          ssl_context ssl_context
          bind_to_port bool
          use_proxy_proto bool
          use_original_dst bool
          per_connection_buffer_limit_bytes 1..
          drain_type default|modify_only
          transparent bool
        network_filter
          type read|write|both
          name! text
          config! config network
        """;

    /// <summary>The v3 listeners of a configuration, where each name is given once.</summary>
    public static IEnumerable<ConfigNode> TranslateAll(IEnumerable<ConfigNode> listeners, V1Context context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var listener in listeners)
        {
            if (listener.Get("name") is { Text.Length: > 0 } name && !names.Add(name.Text))
            {
                context.Fault(name, "listeners", $"another listener is named {name.Text}");
            }

            yield return Translate(listener, context);
        }
    }

    /// <summary>The v3 listener.</summary>
    public static ConfigNode Translate(ConfigNode listener, V1Context context) => Translate(listener, listener.Get("name"), context);

    /// <summary>The same for an answer, where names tell listeners apart: one that has none is known by its address.</summary>
    public static ConfigNode TranslateNamed(ConfigNode listener, V1Context context) =>
        Translate(listener, listener.Get("name") is { Text.Length: > 0 } name ? name : listener.Get("address"), context);

    private static ConfigNode Translate(ConfigNode listener, ConfigNode? name, V1Context context) => V3Map.At(listener)
        .With("name", name)
        .Copy(listener, "bind_to_port", "use_original_dst", "per_connection_buffer_limit_bytes", "transparent")
        .With("address", Addresses.Bound(listener.Get("address")!, context))
        .With("drain_type", listener.Upper("drain_type"))
        .With("traffic_direction", Direction(listener))
        .With("listener_filters", listener.IsTrue("use_proxy_proto") ? V3Map.List(ProxyProtocol(listener.Get("use_proxy_proto")!)) : null)
        .With("filter_chains", FilterChains.Translate(listener, context, out var others))
        .With("default_filter_chain", others)
        .ToNode();

    // v1 knew nothing of the second version of the protocol.
    private static V3Map ProxyProtocol(ConfigNode at)
    {
        var config = V3Map.Packed(at, "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")
            .With("disallowed_versions", ConfigNode.List(at.Position, [at.As("V2")]));
        return V3Map.Extension(at, "envoy.filters.listener.proxy_protocol", config);
    }

    private static ConfigNode? Direction(ConfigNode listener)
    {
        var operation = listener.ItemsOf("filters").Select(static filter => filter.Get("config")?.Get("tracing")?.Get("operation_name")).FirstOrDefault(static name => name is not null);
        return operation?.As(operation.Text == "ingress" ? "INBOUND" : "OUTBOUND");
    }
}
