using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the filters of requests.</summary>
internal static class HttpFilters
{
    public const string Objects =
        """
        http/router
          dynamic_stats bool
          start_child_span bool
        http/buffer
          max_request_bytes! 0..
          max_request_time_s! 0..
        http/cors
        http/http_dynamo_filter
        http/fault
          abort fault_abort
          delay fault_delay
          upstream_cluster text
          downstream_nodes nonempty list text
          headers nonempty list header_matcher
        fault_abort
          abort_percent! 0..100
          http_status! 0..599
        fault_delay
          type! =fixed
          fixed_delay_percent! 0..100
          fixed_duration_ms! 1..
        http/grpc_http1_bridge
        http/grpc_json_transcoder
          proto_descriptor! text
          services! nonempty unique list text
          print_options print_options
        print_options
          add_whitespace bool
          always_print_primitive_fields bool
          always_print_enums_as_ints bool
          preserve_proto_field_names bool
        http/grpc_web
        http/health_check
          pass_through_mode! bool
          endpoint! text
          cache_time_ms 0..
        http/ip_tagging
          request_type internal|external|both
          ip_tags nonempty list ip_tag
        ip_tag
          ip_tag_name! text
          ip_list! nonempty unique list text
        http/lua
          inline_code! text
        http/rate_limit
          domain! text
          stage 0..10
          request_type internal|external|both
          timeout_ms 1..
        http/squash
          cluster! text
          attachment_template! any
          attachment_timeout_ms 1..
          attachment_poll_period_ms 1..
          request_timeout_ms 1..
        """;

    private const string Package = "envoy.extensions.filters.http.";

    /// <summary>The v3 filters of a connection manager, a router last.</summary>
    public static IEnumerable<ConfigNode?> Translate(ConfigNode manager, V1Context context)
    {
        var filters = manager.Get("filters")!;
        foreach (var filter in filters.Items)
        {
            yield return Translate(filter.TextOf("name"), filter, filter.Get("config")!, context)?.ToNode();
        }

        if (filters.Items[^1].TextOf("name") != "router")
        {
            yield return Named(filters, "router", V3Map.Packed(filters, Package + "router.v3.Router")).ToNode();
        }
    }

    /// <summary>The time that the buffer filter gave a request; the connection manager has it now. Null for none.</summary>
    public static ConfigNode? RequestTimeout(ConfigNode manager) =>
        manager.ItemsOf("filters").Find(static filter => filter.TextOf("name") == "buffer")?.Get("config")!.Seconds("max_request_time_s");

    private static V3Map? Translate(string name, ConfigNode filter, ConfigNode config, V1Context context) => name switch
    {
        "router" => Named(filter, name, V3Map.Packed(config, Package + "router.v3.Router").Copy(config, "dynamic_stats", "start_child_span")),
        "buffer" => Named(filter, name, V3Map.Packed(config, Package + "buffer.v3.Buffer").Copy(config, "max_request_bytes")),
        "cors" => Named(filter, name, V3Map.Packed(config, Package + "cors.v3.Cors")),
        "http_dynamo_filter" => Named(filter, "dynamo", V3Map.Packed(config, Package + "dynamo.v3.Dynamo")),
        "fault" => Named(filter, name, Fault(config, context)),
        "grpc_http1_bridge" => Named(filter, name, V3Map.Packed(config, Package + "grpc_http1_bridge.v3.Config")),
        "grpc_json_transcoder" => Named(filter, name, V3Map.Packed(config, Package + "grpc_json_transcoder.v3.GrpcJsonTranscoder").Copy(config, "proto_descriptor", "services", "print_options")),
        "grpc_web" => Named(filter, name, V3Map.Packed(config, Package + "grpc_web.v3.GrpcWeb")),
        "health_check" => Named(filter, name, HealthCheck(config, context)),
        "ip_tagging" => LeftOut(filter, "it never had an effect in a v1 configuration", context),
        "lua" => Named(filter, name, Lua(config)),
        "rate_limit" => context.RateLimitService(filter) is { } cluster ? Named(filter, "ratelimit", RateLimit(config, cluster)) : null,
        _ => LeftOut(filter, "there is no such filter any more", context),
    };

    private static V3Map Named(ConfigNode filter, string name, V3Map config) => V3Map.Extension(filter, "envoy.filters.http." + name, config);

    private static V3Map? LeftOut(ConfigNode filter, string reason, V1Context context)
    {
        context.Warn(filter, "is left out: " + reason);
        return null;
    }

    private static V3Map Fault(ConfigNode config, V1Context context)
    {
        var (abort, delay) = (config.Get("abort"), config.Get("delay"));
        if (abort is null && delay is null)
        {
            context.Fault(config, "fault", "fault filter must have at least abort or delay specified in the config.");
        }

        return V3Map.Packed(config, Package + "fault.v3.HTTPFault")
            .With("abort", abort is null ? null : V3Map.At(abort).Copy(abort, "http_status").With("percentage", Percent(abort, "abort_percent")))
            .With("delay", delay is null ? null : V3Map.At(delay).With("fixed_delay", delay.Milliseconds("fixed_duration_ms")).With("percentage", Percent(delay, "fixed_delay_percent")))
            .Copy(config, "upstream_cluster", "downstream_nodes")
            .With("headers", HeaderMatchers.Headers(config.ItemsOf("headers")));
    }

    private static V3Map Percent(ConfigNode owner, string key) => V3Map.At(owner).With("numerator", owner.Get(key)).With("denominator", "HUNDRED");

    private static V3Map HealthCheck(ConfigNode config, V1Context context)
    {
        if (config.Get("cache_time_ms") is { } cache && !config.IsTrue("pass_through_mode"))
        {
            context.Fault(cache, "health_check", "cache_time_ms must not be set when path_through_mode is disabled");
        }

        var endpoint = config.Get("endpoint")!;
        var path = V3Map.At(endpoint).With("name", ":path").With("string_match", V3Map.At(endpoint).With("exact", endpoint));
        return V3Map.Packed(config, Package + "health_check.v3.HealthCheck")
            .Copy(config, "pass_through_mode")
            .With("cache_time", config.Milliseconds("cache_time_ms"))
            .With("headers", V3Map.List(path));
    }

    private static V3Map Lua(ConfigNode config)
    {
        var code = config.Get("inline_code")!;
        return V3Map.Packed(config, Package + "lua.v3.Lua").With("default_source_code", V3Map.At(code).With("inline_string", code));
    }

    private static V3Map RateLimit(ConfigNode config, string cluster) => V3Map.Packed(config, Package + "ratelimit.v3.RateLimit")
        .Copy(config, "domain", "stage", "request_type")
        .With("timeout", config.Milliseconds("timeout_ms"))
        .With("rate_limit_service", RateLimits.Service(config, cluster))
        .With("disable_x_envoy_ratelimited_header", true);
}
