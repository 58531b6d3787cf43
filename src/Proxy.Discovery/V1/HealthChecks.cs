using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates active health checks.</summary>
internal static class HealthChecks
{
    public const string Objects =
        """
        health_check
          type! http|tcp|redis
          timeout_ms! 1..
          interval_ms! 1..
          unhealthy_threshold! 1..
          healthy_threshold! 1..
          path text
          send list health_check_bytes
          receive list health_check_bytes
          interval_jitter_ms 1..
          reuse_connection bool
          service_name text
          redis_key text
        health_check_bytes
          binary! text
        """;

    /// <summary>The v3 check.</summary>
    public static V3Map Translate(ConfigNode check, V1Context context)
    {
        var translated = V3Map.At(check)
            .With("timeout", check.Milliseconds("timeout_ms"))
            .With("interval", check.Milliseconds("interval_ms"))
            .With("interval_jitter", check.Milliseconds("interval_jitter_ms"))
            .Copy(check, "unhealthy_threshold", "healthy_threshold", "reuse_connection");
        var type = check.TextOf("type");
        context.WarnUnused(check, $"it has no meaning for a check of type {type}", type switch
        {
            "http" => ["send", "receive", "redis_key"],
            "tcp" => ["path", "service_name", "redis_key"],
            _ => ["path", "service_name", "send", "receive"],
        });
        return type switch
        {
            "http" => translated.With("http_health_check", Http(check, context)),
            "tcp" => translated.With("tcp_health_check", Tcp(check)),
            _ => translated.With("custom_health_check", Redis(check)),
        };
    }

    private static V3Map Http(ConfigNode check, V1Context context)
    {
        if (check.Get("path") is null)
        {
            context.Fault(check, "required", "key 'path' is missing");
        }

        return V3Map.At(check)
            .Copy(check, "path")
            .With("service_name_matcher", check.Get("service_name") is { } name ? V3Map.At(name).With("prefix", name) : null)
            .With("codec_client_type", "HTTP1");
    }

    private static V3Map Tcp(ConfigNode check)
    {
        var send = string.Concat(check.ItemsOf("send").Select(static part => part.TextOf("binary")));
        var tcp = V3Map.At(check);
        if (send.Length > 0)
        {
            tcp.With("send", V3Map.At(check.Get("send")!).With("text", send));
        }

        return tcp.With("receive", check.ItemsOf("receive").Select(static part => V3Map.At(part).With("text", part.Get("binary")).ToNode()));
    }

    private static V3Map Redis(ConfigNode check)
    {
        var config = V3Map.Packed(check, "envoy.extensions.health_checkers.redis.v3.Redis").With("key", check.Get("redis_key"));
        return V3Map.Extension(check, "envoy.health_checkers.redis", config);
    }
}
