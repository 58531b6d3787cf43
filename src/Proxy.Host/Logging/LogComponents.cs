namespace Proxy.Host.Logging;

/// <summary>Names of loggers: Envoy's, so that its habits and scripts carry over.</summary>
internal static class LogComponents
{
    // Namespaces of ours by the name that Envoy has for such things.
    private static readonly Dictionary<string, string> ByNamespace = new(StringComparer.Ordinal)
    {
        ["Admin"] = "admin",
        ["Bootstrap"] = "config",
        ["Clusters"] = "upstream",
        ["Configuration"] = "config",
        ["Connections"] = "connection",
        ["Discovery"] = "config",
        ["Filters"] = "filter",
        ["Hosting"] = "main",
        ["Host"] = "main",
        ["Http"] = "http",
        ["Listeners"] = "conn_handler",
        ["Observability"] = "file",
        ["Routing"] = "router",
        ["Stats"] = "stats",
        ["Streams"] = "http",
        ["Workers"] = "main",
    };

    private static readonly HashSet<string> Known =
    [
        "admin", "alternate_protocols_cache", "aws", "assert", "backtrace", "basic_auth", "cache_filter", "client", "config", "connection", "conn_handler",
        "compression", "credential_injector", "decompression", "dns", "dynamic_modules", "dynamo", "envoy_bug", "ext_authz", "ext_proc", "fault",
        "file", "filter", "filter_chain", "forward_proxy", "gcp_authn", "geolocation", "golang", "grpc", "happy_eyeballs", "hc", "health_checker", "hot_restart",
        "hystrix", "http", "http1", "http2", "init", "io", "jwt", "kafka", "key_value_store", "lua", "main", "matcher", "misc", "mongo", "multi_connection",
        "oauth2", "on_demand", "overload", "original_dst", "pool", "proxy_protocol", "quic", "quic_stream", "rate_limit_quota", "rbac", "rds", "redis",
        "router", "runtime", "stats", "secret", "tap", "testing", "thrift", "tracing", "upstream", "udp", "wasm", "websocket", "uncategorized",
    ];

    /// <summary>True for a name that loggers may have.</summary>
    public static bool IsKnown(string component) => Known.Contains(component);

    /// <summary>The component that a category of <c>ILogger</c> belongs to: by its namespace for ours, itself otherwise.</summary>
    public static string Of(string category)
    {
        if (!category.StartsWith("Proxy.", StringComparison.Ordinal))
        {
            return category;
        }

        var names = category.Split('.');
        for (var i = names.Length - 2; i > 0; i--)
        {
            if (ByNamespace.TryGetValue(names[i], out var component))
            {
                return component;
            }
        }

        return "misc";
    }
}
