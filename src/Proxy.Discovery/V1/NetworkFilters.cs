using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the filters of connections.</summary>
internal static class NetworkFilters
{
    public const string Objects =
        """
        network/tcp_proxy
          stat_prefix! text
          route_config! tcp_routes
          access_log list access_log
        tcp_routes
          routes! list tcp_route
        tcp_route
          cluster! text
          destination_ip_list list text
          destination_ports nonempty text
          source_ip_list list text
          source_ports nonempty text
        network/redis_proxy
          cluster_name! text
          stat_prefix! text
          conn_pool! redis_pool
        redis_pool
          op_timeout_ms! 1..
        network/mongo_proxy
          stat_prefix! text
          access_log text
          fault mongo_fault
        mongo_fault
          fixed_delay! mongo_delay
        mongo_delay
          percent! 0..100
          duration_ms! 1..
        network/client_ssl_auth
          auth_api_cluster! text
          stat_prefix! text
          refresh_delay_ms 1..
          ip_white_list nonempty unique list text
        network/ratelimit
          stat_prefix! text
          domain! text
          descriptors! list nonempty unique list descriptor_entry
          timeout_ms 1..
        descriptor_entry
          key! text
          value! text
        network/echo
        """;

    private const string Package = "envoy.extensions.filters.network.";

    /// <summary>The v3 filter; null for one that does nothing.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="tcpRoute">The route that a <c>tcp_proxy</c> takes in this chain.</param>
    /// <param name="context">Where faults go.</param>
    public static V3Map? Translate(ConfigNode filter, ConfigNode? tcpRoute, V1Context context)
    {
        var config = filter.Get("config")!;
        return filter.TextOf("name") switch
        {
            "http_connection_manager" => Named(filter, "http_connection_manager", ConnectionManagers.Translate(config, context)),
            "tcp_proxy" => tcpRoute is null ? null : Named(filter, "tcp_proxy", TcpProxy(config, tcpRoute, context)),
            "redis_proxy" => Named(filter, "redis_proxy", Redis(config, context)),
            "mongo_proxy" => Named(filter, "mongo_proxy", Mongo(config)),
            "client_ssl_auth" => Named(filter, "client_ssl_auth", ClientAuth(config, context)),
            "ratelimit" => context.RateLimitService(filter) is { } cluster ? Named(filter, "ratelimit", RateLimit(config, cluster)) : null,
            _ => Named(filter, "echo", V3Map.Packed(config, Package + "echo.v3.Echo")),
        };
    }

    private static V3Map Named(ConfigNode filter, string name, V3Map config) => V3Map.Extension(filter, "envoy.filters.network." + name, config);

    private static V3Map TcpProxy(ConfigNode config, ConfigNode route, V1Context context)
    {
        var cluster = route.Get("cluster")!;
        context.CheckCluster(cluster, "tcp proxy", " in TCP route");
        return V3Map.Packed(config, Package + "tcp_proxy.v3.TcpProxy")
            .Copy(config, "stat_prefix")
            .With("cluster", cluster)
            .With("idle_timeout", "0s")
            .With("access_log", AccessLogs.Translate(config.ItemsOf("access_log"), context));
    }

    private static V3Map Redis(ConfigNode config, V1Context context)
    {
        context.CheckCluster(config.Get("cluster_name")!, "redis");
        var pool = config.Get("conn_pool")!;
        var route = V3Map.At(config).With("cluster", config.Get("cluster_name"));
        return V3Map.Packed(config, Package + "redis_proxy.v3.RedisProxy")
            .Copy(config, "stat_prefix")
            .With("settings", V3Map.At(pool).With("op_timeout", pool.Milliseconds("op_timeout_ms")))
            .With("prefix_routes", V3Map.At(config).With("catch_all_route", route));
    }

    private static V3Map Mongo(ConfigNode config)
    {
        var mongo = V3Map.Packed(config, Package + "mongo_proxy.v3.MongoProxy").Copy(config, "stat_prefix", "access_log");
        if (config.Get("fault")?.Get("fixed_delay") is { } delay)
        {
            var share = V3Map.At(delay).With("numerator", delay.Get("percent")).With("denominator", "HUNDRED");
            mongo.With("delay", V3Map.At(delay).With("percentage", share).With("fixed_delay", delay.Milliseconds("duration_ms")));
        }

        return mongo;
    }

    private static V3Map ClientAuth(ConfigNode config, V1Context context) => V3Map.Packed(config, Package + "client_ssl_auth.v3.ClientSSLAuth")
        .Copy(config, "auth_api_cluster", "stat_prefix")
        .With("refresh_delay", config.Milliseconds("refresh_delay_ms"))
        .With("ip_white_list", Addresses.Ranges(config.ItemsOf("ip_white_list"), context));

    private static V3Map RateLimit(ConfigNode config, string cluster) => V3Map.Packed(config, Package + "ratelimit.v3.RateLimit")
        .Copy(config, "stat_prefix", "domain")
        .With("descriptors", config.ItemsOf("descriptors").Select(static entries => V3Map.At(entries).With("entries", entries).ToNode()))
        .With("timeout", config.Milliseconds("timeout_ms"))
        .With("rate_limit_service", RateLimits.Service(config, cluster));
}
