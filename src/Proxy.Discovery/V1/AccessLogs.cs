using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates access logs and their filters.</summary>
internal static class AccessLogs
{
    public const string Objects =
        """
        access_log
          path! text
          format text
          filter by type log_filter
        log_filter/status_code
          type! text
          op! >=|=
          value! 0..599
          runtime_key text
        log_filter/duration
          type! text
          op! >=|=
          value! 0..
          runtime_key text
        log_filter/not_healthcheck
          type! text
        log_filter/traceable_request
          type! text
        log_filter/runtime
          type! text
          key! text
        log_filter/logical_and
          type! text
          filters! list by type log_filter
        log_filter/logical_or
          type! text
          filters! list by type log_filter
        """;

    /// <summary>The v3 logs of a list.</summary>
    public static IEnumerable<ConfigNode?> Translate(IEnumerable<ConfigNode> logs, V1Context context) =>
        logs.Select(log => File(log, log.Get("path")!, log.Get("format")).With("filter", log.Get("filter") is { } filter ? Filter(filter, context) : null).ToNode());

    /// <summary>A log in a file.</summary>
    public static V3Map File(ConfigNode at, ConfigNode path, ConfigNode? format)
    {
        var file = V3Map.Packed(at, "envoy.extensions.access_loggers.file.v3.FileAccessLog").With("path", path);
        if (format is not null)
        {
            var text = format.As(format.Text.Replace("%DOWNSTREAM_ADDRESS%", "%DOWNSTREAM_REMOTE_ADDRESS%", StringComparison.Ordinal));
            file.With("log_format", V3Map.At(format).With("text_format_source", V3Map.At(format).With("inline_string", text)));
        }

        return V3Map.Extension(at, "envoy.access_loggers.file", file);
    }

    private static V3Map Filter(ConfigNode filter, V1Context context)
    {
        var translated = V3Map.At(filter);
        return filter.TextOf("type") switch
        {
            "status_code" => translated.With("status_code_filter", Comparison(filter)),
            "duration" => translated.With("duration_filter", Comparison(filter)),
            "not_healthcheck" => translated.With("not_health_check_filter", V3Map.At(filter)),
            "traceable_request" => translated.With("traceable_filter", V3Map.At(filter)),
            "runtime" => translated.With("runtime_filter", V3Map.At(filter).With("runtime_key", filter.Get("key"))),
            "logical_and" => translated.With("and_filter", Parts(filter, context)),
            _ => translated.With("or_filter", Parts(filter, context)),
        };
    }

    private static V3Map Comparison(ConfigNode filter)
    {
        var value = V3Map.At(filter).With("default_value", filter.Get("value")).With("runtime_key", filter.Get("runtime_key") ?? filter.As("access_log.v1"));
        var comparison = V3Map.At(filter).With("op", filter.TextOf("op") == "=" ? "EQ" : "GE").With("value", value);
        return V3Map.At(filter).With("comparison", comparison);
    }

    private static V3Map Parts(ConfigNode filter, V1Context context)
    {
        var parts = filter.ItemsOf("filters");
        if (parts.Count < 2)
        {
            context.Fault(filter.Get("filters")!, "min_items", "must have two filters or more");
        }

        return V3Map.At(filter).With("filters", parts.Select(part => Filter(part, context).ToNode()));
    }
}
