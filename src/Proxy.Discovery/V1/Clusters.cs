using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates clusters, of a configuration or of a CDS answer.</summary>
internal static class Clusters
{
    public const string Objects =
        """
        cluster
          name! nonempty text
          type! static|strict_dns|logical_dns|sds|original_dst
          connect_timeout_ms! 1..
          per_connection_buffer_limit_bytes 1..
          lb_type! round_robin|least_request|random|ring_hash|original_dst_lb
          ring_hash_lb_config ring_hash_lb_config
          hosts nonempty unique list host
          service_name text
          health_check health_check
          max_requests_per_connection 1..
          circuit_breakers circuit_breakers
          ssl_context upstream_ssl_context
          features =http2
          http2_settings http2_settings
          http_codec_options =no_compression
          cleanup_interval_ms 1..
          dns_refresh_rate_ms 1..
          dns_lookup_family v4_only|v6_only|auto
          dns_resolvers nonempty unique list text
          outlier_detection outlier_detection
        host
          url! text
        ring_hash_lb_config
          minimum_ring_size 0..
          use_std_hash bool
        circuit_breakers
          default breaker
          high breaker
        breaker
          max_connections 0..
          max_pending_requests 0..
          max_requests 0..
          max_retries 0..
        """;

    private const string ProtocolOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /// <summary>The v3 cluster.</summary>
    public static ConfigNode Translate(ConfigNode cluster, V1Context context)
    {
        var type = cluster.TextOf("type");
        CheckType(cluster, type, context);
        WarnUnused(cluster, type, context);
        return V3Map.At(cluster)
            .Copy(cluster, "name")
            .With("type", type == "sds" ? cluster.Get("type")!.As("EDS") : cluster.Upper("type"))
            .With("eds_cluster_config", type == "sds" ? Members(cluster, context) : null)
            .With("connect_timeout", cluster.Milliseconds("connect_timeout_ms"))
            .Copy(cluster, "per_connection_buffer_limit_bytes")
            .With("lb_policy", type == "original_dst" ? cluster.Get("lb_type")!.As("CLUSTER_PROVIDED") : cluster.Upper("lb_type"))
            .With("ring_hash_lb_config", cluster.TextOf("lb_type") == "ring_hash" ? RingHash(cluster) : null)
            .With("load_assignment", type is "sds" or "original_dst" ? null : Assignment(cluster, type.EndsWith("_dns", StringComparison.Ordinal), context))
            .With("health_checks", cluster.Get("health_check") is { } check ? V3Map.List(HealthChecks.Translate(check, context)) : null)
            .With("circuit_breakers", cluster.Get("circuit_breakers") is { } breakers ? Breakers(breakers) : null)
            .With("transport_socket", cluster.Get("ssl_context") is { } tls ? Tls.Upstream(tls, context) : null)
            .With("cleanup_interval", type == "original_dst" ? cluster.Milliseconds("cleanup_interval_ms") : null)
            .With("dns_refresh_rate", cluster.Milliseconds("dns_refresh_rate_ms"))
            .With("dns_lookup_family", cluster.Upper("dns_lookup_family") ?? cluster.As("V4_ONLY"))
            .With("typed_dns_resolver_config", cluster.Get("dns_resolvers") is { } resolvers ? Resolvers(resolvers, context) : null)
            .With("outlier_detection", cluster.Get("outlier_detection") is { } outliers ? Outliers.Translate(outliers) : null)
            .With("typed_extension_protocol_options", V3Map.At(cluster).With(ProtocolOptions, Protocol(cluster)))
            .ToNode();
    }

    private static void CheckType(ConfigNode cluster, string type, V1Context context)
    {
        var hosts = cluster.Get("hosts");
        var isOriginal = type == "original_dst";
        if (isOriginal != (cluster.TextOf("lb_type") == "original_dst_lb"))
        {
            context.Fault(cluster.Get("lb_type")!, "lb_type", isOriginal ? "clusters of type original_dst need lb_type original_dst_lb" : "original_dst_lb is for clusters of type original_dst");
        }

        if (isOriginal && hosts is not null)
        {
            context.Fault(hosts, "hosts", "original_dst clusters must have no hosts configured");
        }
        else if (type is "static" or "strict_dns" or "logical_dns" && hosts is null)
        {
            context.Fault(cluster, "required", "key 'hosts' is missing");
        }
        else if (type == "sds" && hosts is not null)
        {
            context.Warn(hosts, "is left out: hosts of an sds cluster come from the service");
        }
        else if (type == "logical_dns" && hosts!.Items.Count != 1)
        {
            context.Fault(hosts, "hosts", "logical_dns clusters must have a single host");
        }
    }

    private static void WarnUnused(ConfigNode cluster, string type, V1Context context)
    {
        if (type != "sds")
        {
            context.WarnUnused(cluster, "only clusters of type sds have one", "service_name");
        }

        if (type != "original_dst")
        {
            context.WarnUnused(cluster, "only clusters of type original_dst have one", "cleanup_interval_ms");
        }

        if (cluster.TextOf("lb_type") != "ring_hash")
        {
            context.WarnUnused(cluster, "lb_type is not ring_hash", "ring_hash_lb_config");
        }

        if (!IsHttp2(cluster))
        {
            context.WarnUnused(cluster, "the cluster does not speak HTTP/2", "http_codec_options");
        }
    }

    private static V3Map? Members(ConfigNode cluster, V1Context context)
    {
        if (context.HostSource is not { } source)
        {
            context.Fault(cluster.Get("type")!, "sds", "cannot create sds cluster with no sds config", "cluster_manager.sds says where hosts come from");
            return null;
        }

        return V3Map.At(cluster).With("eds_config", Sources.Config(cluster.Get("type")!, source)).Copy(cluster, "service_name");
    }

    private static V3Map RingHash(ConfigNode cluster)
    {
        var ring = cluster.Get("ring_hash_lb_config");
        var isXx = ring?.Get("use_std_hash")?.Text == "false";
        return V3Map.At(ring ?? cluster).With("minimum_ring_size", ring?.Get("minimum_ring_size")).With("hash_function", isXx ? "XX_HASH" : "MURMUR_HASH_2");
    }

    private static V3Map Assignment(ConfigNode cluster, bool hasNames, V1Context context)
    {
        var hosts = cluster.ItemsOf("hosts").Select(host =>
        {
            var url = host.Get("url")!;
            var address = hasNames ? Addresses.Name(url, context) : Addresses.Host(url, context);
            return V3Map.At(host).With("endpoint", V3Map.At(host).With("address", address)).ToNode();
        });
        var endpoints = V3Map.At(cluster).With("lb_endpoints", hosts);
        return V3Map.At(cluster).With("cluster_name", cluster.Get("name")).With("endpoints", V3Map.List(endpoints));
    }

    private static V3Map Breakers(ConfigNode breakers)
    {
        var thresholds = new List<ConfigNode>();
        foreach (var priority in (ReadOnlySpan<string>)["default", "high"])
        {
            if (breakers.Get(priority) is { } limits)
            {
                thresholds.Add(V3Map.At(limits)
                    .With("priority", priority.ToUpperInvariant())
                    .Copy(limits, "max_connections", "max_pending_requests", "max_requests", "max_retries")
                    .ToNode());
            }
        }

        return V3Map.At(breakers).With("thresholds", thresholds);
    }

    private static V3Map Resolvers(ConfigNode resolvers, V1Context context)
    {
        var config = V3Map.Packed(resolvers, "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig")
            .With("resolvers", resolvers.Items.Select(resolver => Addresses.Bare(resolver, context)?.ToNode()));
        return V3Map.Extension(resolvers, "envoy.network.dns_resolver.cares", config);
    }

    private static bool IsHttp2(ConfigNode cluster) => cluster.Get("http2_settings") is not null || cluster.Get("features") is not null;

    private static V3Map Protocol(ConfigNode cluster)
    {
        var common = V3Map.At(cluster).With("idle_timeout", "0s").Copy(cluster, "max_requests_per_connection");
        var explicitly = V3Map.At(cluster);
        explicitly = IsHttp2(cluster)
            ? explicitly.With("http2_protocol_options", Protocols.Http2(cluster))
            : explicitly.With("http_protocol_options", V3Map.At(cluster));
        return V3Map.Packed(cluster, ProtocolOptions).With("common_http_protocol_options", common).With("explicit_http_config", explicitly);
    }
}
