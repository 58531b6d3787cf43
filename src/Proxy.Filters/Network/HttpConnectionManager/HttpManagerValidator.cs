using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Rules on a connection manager's own settings; filters, routes and logs are checked where they are compiled.</summary>
internal static class HttpManagerValidator
{
    private const int MaxHeadersKilobytes = 8192;

    public static void Check(HttpConnectionManagerConfig config, FaultList faults)
    {
        if (config.StatPrefix.Length == 0)
        {
            faults.Add("stat_prefix", "required");
        }

        if (config.MaxRequestHeadersKilobytes is < 1 or > MaxHeadersKilobytes)
        {
            faults.Add("max_request_headers_kb", $"must be 1 to {MaxHeadersKilobytes}");
        }

        if (config.MaxHeadersCount < 1)
        {
            faults.Add("common_http_protocol_options.max_headers_count", "must be 1 or more");
        }

        if (config.MaxRequestsPerConnection is < 1)
        {
            faults.Add("common_http_protocol_options.max_requests_per_connection", "must be 1 or more");
        }

        if (config.TrustedHops < 0)
        {
            faults.Add("xff_num_trusted_hops", "must not be negative");
        }

        if (config.StripMatchingHostPort && config.StripAnyHostPort)
        {
            faults.Add("strip_port_mode", "strip_matching_host_port and strip_any_host_port exclude each other");
        }

        CheckAddresses(config, faults);
        CheckUpgrades(config, faults);
        CheckTimes(config, faults);
    }

    private static void CheckAddresses(HttpConnectionManagerConfig config, FaultList faults)
    {
        const string path = "original_ip_detection_extensions";
        if (config.OriginalAddresses.Count > 0 && (config.UseRemoteAddress || config.TrustedHops > 0))
        {
            faults.Add(path, "goes with neither use_remote_address nor xff_num_trusted_hops");
        }

        for (var i = 0; i < config.OriginalAddresses.Count; i++)
        {
            if (config.OriginalAddresses[i] is ForwardedForConfig { TrustedHops: > 0, TrustedProxies.Count: > 0 })
            {
                faults.Add($"{path}[{i}]", "xff_num_trusted_hops and xff_trusted_cidrs exclude each other");
            }

            if (config.OriginalAddresses[i] is HeaderAddressConfig { HeaderName: var name } && !HeaderName.IsValid(name))
            {
                faults.Add($"{path}[{i}].header_name", "must be a header name");
            }
        }

        if (config.SchemeOverride is not ("" or "http" or "https"))
        {
            faults.Add("scheme_header_transformation.scheme_to_overwrite", "must be http or https");
        }
    }

    private static void CheckUpgrades(HttpConnectionManagerConfig config, FaultList faults)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < config.Upgrades.Count; i++)
        {
            if (!seen.Add(config.Upgrades[i].UpgradeType))
            {
                faults.Add($"upgrade_configs[{i}]", $"'{config.Upgrades[i].UpgradeType}' is there twice");
            }
        }
    }

    private static void CheckTimes(HttpConnectionManagerConfig config, FaultList faults)
    {
        ReadOnlySpan<(string Name, TimeSpan? Value)> times =
        [
            ("common_http_protocol_options.idle_timeout", config.IdleTimeout),
            ("common_http_protocol_options.max_connection_duration", config.MaxConnectionDuration),
            ("common_http_protocol_options.max_stream_duration", config.MaxStreamDuration),
            ("stream_idle_timeout", config.StreamIdleTimeout),
            ("stream_flush_timeout", config.StreamFlushTimeout),
            ("request_timeout", config.RequestTimeout),
            ("request_headers_timeout", config.RequestHeadersTimeout),
            ("drain_timeout", config.DrainTimeout),
            ("delayed_close_timeout", config.DelayedCloseTimeout),
        ];
        foreach (var (name, value) in times)
        {
            if (value < TimeSpan.Zero)
            {
                faults.Add(name, "must not be negative");
            }
        }
    }
}
