using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates connection managers.</summary>
internal static class ConnectionManagers
{
    public const string Objects =
        """
        network/http_connection_manager
          codec_type! http1|http2|auto
          stat_prefix! text
          rds rds
          route_config route_config
          filters! nonempty list http_filter
          add_user_agent bool
          tracing manager_tracing
          http1_settings http1_settings
          http2_settings http2_settings
          http_codec_options =no_compression
          server_name text
          idle_timeout_s 0..
          drain_timeout_ms 0..
          access_log list access_log
          use_remote_address bool
          forward_client_cert forward_only|append_forward|sanitize|sanitize_set|always_forward_only
          set_current_client_cert_details unique list Subject|SAN
          generate_request_id bool
        manager_tracing
          operation_name! ingress|egress
          request_headers_for_tags unique list text
        http_filter
          type encoder|decoder|both
          name! text
          config! config http
        """;

    /// <summary>The v3 message.</summary>
    public static V3Map Translate(ConfigNode manager, V1Context context)
    {
        var (rds, table) = (manager.Get("rds"), manager.Get("route_config"));
        if ((rds is null) == (table is null))
        {
            context.Fault(manager, "routes", "http connection manager must have either rds or route_config but not both");
        }

        return V3Map.Packed(manager, "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager")
            .With("codec_type", manager.Upper("codec_type"))
            .Copy(manager, "stat_prefix", "add_user_agent", "server_name", "use_remote_address", "generate_request_id")
            .With("rds", rds is null ? null : Discovered(rds, context))
            .With("route_config", table is null ? null : RouteTables.Translate(table, context))
            .With("tracing", manager.Get("tracing") is { } tracing ? Tracing(tracing, context) : null)
            .With("stream_idle_timeout", "0s")
            .With("common_http_protocol_options", V3Map.At(manager).With("idle_timeout", manager.Seconds("idle_timeout_s") ?? manager.As("0s")))
            .With("http_protocol_options", Http1(manager, context))
            .With("http2_protocol_options", Protocols.Http2(manager))
            .With("request_timeout", HttpFilters.RequestTimeout(manager))
            .With("drain_timeout", manager.Milliseconds("drain_timeout_ms"))
            .With("access_log", AccessLogs.Translate(manager.ItemsOf("access_log"), context))
            .With("forward_client_cert_details", manager.Upper("forward_client_cert"))
            .With("set_current_client_cert_details", manager.Get("set_current_client_cert_details") is { Items.Count: > 0 } details ? Details(details) : null)
            .With("upgrade_configs", UsesWebSocket(table) ? V3Map.List(V3Map.At(manager).With("upgrade_type", "websocket").With("enabled", false)) : null)
            .With("http_filters", HttpFilters.Translate(manager, context));
    }

    private static V3Map Discovered(ConfigNode rds, V1Context context) =>
        V3Map.At(rds).Copy(rds, "route_config_name").With("config_source", Sources.OfRoutes(rds, context));

    private static V3Map Http1(ConfigNode manager, V1Context context)
    {
        var settings = manager.Get("http1_settings");
        if (settings?.Get("allow_connect") is { } connect)
        {
            context.Warn(connect, "is left out: it never had an effect");
        }

        var absolute = settings?.Get("allow_absolute_url");
        var options = V3Map.At(settings ?? manager);
        return absolute is null ? options.With("allow_absolute_url", false) : options.With("allow_absolute_url", absolute);
    }

    private static V3Map Tracing(ConfigNode tracing, V1Context context) => V3Map.At(tracing)
        .With("custom_tags", tracing.ItemsOf("request_headers_for_tags").Select(static name =>
            V3Map.At(name).With("tag", name).With("request_header", V3Map.At(name).With("name", name)).ToNode()))
        .With("provider", context.TracingProvider);

    private static V3Map Details(ConfigNode details)
    {
        var kinds = details.Items.ConvertAll(static item => item.Text);
        return V3Map.At(details).With("subject", kinds.Contains("Subject")).With("uri", kinds.Contains("SAN"));
    }

    private static bool UsesWebSocket(ConfigNode? table) =>
        table?.ItemsOf("virtual_hosts").Exists(static host => host.ItemsOf("routes").Exists(static route => route.IsTrue("use_websocket"))) ?? true;
}
