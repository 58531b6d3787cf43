using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;
using Proxy.Discovery.V1.Schema;

namespace Proxy.Discovery.V1;

/// <summary>Translates a v1 configuration, the JSON of Envoy 1.3 to 1.7, to a v3 bootstrap.</summary>
/// <remarks>What is made is a text tree, not a message: it goes the way of every bootstrap from here on, and each value keeps its place in the v1 text.</remarks>
internal static class V1Bootstrap
{
    public const string Objects =
        """
        top
          listeners! list listener
          lds lds
          admin! admin
          cluster_manager! cluster_manager
          flags_path text
          statsd_udp_ip_address text
          statsd_local_udp_port 0..65535
          statsd_tcp_cluster_name text
          stats_flush_interval_ms 1..
          watchdog_miss_timeout_ms 0..
          watchdog_megamiss_timeout_ms 0..
          watchdog_kill_timeout_ms 0..
          watchdog_multikill_timeout_ms 0..
          tracing tracing
          rate_limit_service rate_limit_service
          runtime runtime
        admin
          access_log_path! text
          profile_path text
          address! text
        tracing
          http tracing_http
        tracing_http
          driver by type driver
        driver/zipkin
          type! =zipkin
          config! zipkin
        zipkin
          collector_cluster! text
          collector_endpoint text
        driver/lightstep
          type! =lightstep
          config! lightstep
        lightstep
          collector_cluster! text
          access_token_file! text
        rate_limit_service
          type! =grpc_service
          config! rate_limit_service_config
        rate_limit_service_config
          cluster_name! text
        runtime
          symlink_root! text
          subdirectory! text
          override_subdirectory text
        """;

    private static readonly string[] WatchdogTimeouts = ["miss_timeout", "megamiss_timeout", "kill_timeout", "multikill_timeout"];

    // Keys of v3 that say that a text is none of v1's, whatever else stands in it.
    private static readonly string[] V3Keys = ["static_resources", "staticResources", "dynamic_resources", "dynamicResources", "node", "layered_runtime"];

    /// <summary>Whether a text has the shape of v1.</summary>
    public static bool IsV1(ConfigNode root)
    {
        if (root.Kind != NodeKind.Map || Array.Exists(V3Keys, key => root.Get(key) is not null))
        {
            return false;
        }

        return root.Get("admin")?.Get("address")?.Kind == NodeKind.String
            || root.Get("cluster_manager")?.Get("clusters") is not null
            || (root.Get("listeners")?.Kind == NodeKind.List && root.Get("cluster_manager") is not null);
    }

    /// <summary>The v3 bootstrap; null when there are faults, which are in the list.</summary>
    public static ConfigNode? Translate(ConfigNode root, FaultList faults)
    {
        var context = new V1Context(root, faults);
        new V1Checker(context).Check(root, "top");
        if (faults.HasErrors)
        {
            return null;
        }

        var manager = root.Get("cluster_manager")!;
        context.RateLimitCluster = root.Get("rate_limit_service")?.Get("config")?.TextOf("cluster_name");
        context.LimitsRates = context.RateLimitCluster is not null;
        context.TracingProvider = root.Get("tracing")?.Get("http")?.Get("driver") is { } driver ? TracingProvider(driver, context) : null;
        context.HasCluster = ClusterManagers.Definitions(manager).Select(static cluster => cluster.TextOf("name")).ToHashSet(StringComparer.Ordinal).Contains;
        context.HostSource = manager.Get("sds") is { } sds ? Sources.Of(SourceApi.Registration, sds, sds.Get("cluster")!.TextOf("name")) : null;

        var bootstrap = V3Map.At(root)
            .With("admin", Admin(root.Get("admin")!, context))
            .With("static_resources", V3Map.At(root)
                .With("listeners", Listeners.TranslateAll(root.ItemsOf("listeners"), context))
                .With("clusters", ClusterManagers.StaticClusters(manager, context)))
            .With("dynamic_resources", Dynamic(root, manager, context))
            .With("cluster_manager", ClusterManagers.Translate(manager))
            .Copy(root, "flags_path")
            .With("stats_sinks", Sinks(root, context))
            .With("stats_flush_interval", root.Milliseconds("stats_flush_interval_ms"))
            .With("watchdogs", Watchdogs(root))
            .With("layered_runtime", root.Get("runtime") is { } runtime ? Runtime(runtime) : null)
            .ToNode();
        return faults.HasErrors ? null : bootstrap;
    }

    private static V3Map Admin(ConfigNode admin, V1Context context)
    {
        var path = admin.Get("access_log_path")!;
        return V3Map.At(admin)
            .With("access_log", V3Map.List(AccessLogs.File(path, path, null)))
            .Copy(admin, "profile_path")
            .With("address", Addresses.Bound(admin.Get("address")!, context));
    }

    private static V3Map? Dynamic(ConfigNode root, ConfigNode manager, V1Context context)
    {
        var dynamic = V3Map.At(root);
        if (root.Get("lds") is { } lds)
        {
            dynamic.With("lds_config", Sources.Config(lds, Sources.Of(SourceApi.Listeners, lds, lds.TextOf("cluster"))));
        }

        if (manager.Get("cds") is { } cds)
        {
            dynamic.With("cds_config", Sources.Config(cds, Sources.Of(SourceApi.Clusters, cds, cds.Get("cluster")!.TextOf("name"), context.HostSource)));
        }

        return dynamic.IsEmpty ? null : dynamic;
    }

    private static IEnumerable<ConfigNode?> Sinks(ConfigNode root, V1Context context)
    {
        if (root.Get("statsd_udp_ip_address") is { } address)
        {
            yield return Sink(address, "address", Addresses.Bare(address, context)?.ToNode());
        }

        if (root.Get("statsd_local_udp_port") is { } port)
        {
            var socket = V3Map.At(port).With("address", "127.0.0.1").With("port_value", port).With("protocol", "UDP");
            yield return Sink(port, "address", V3Map.At(port).With("socket_address", socket).ToNode());
        }

        if (root.Get("statsd_tcp_cluster_name") is { } cluster)
        {
            yield return Sink(cluster, "tcp_cluster_name", cluster);
        }
    }

    private static ConfigNode Sink(ConfigNode source, string field, ConfigNode? value) =>
        V3Map.Extension(source, "envoy.stat_sinks.statsd", V3Map.Packed(source, "envoy.config.metrics.v3.StatsdSink").With(field, value)).ToNode();

    private static V3Map? Watchdogs(ConfigNode root)
    {
        var given = Array.FindAll(WatchdogTimeouts, name => root.Get($"watchdog_{name}_ms") is not null);
        if (given.Length == 0)
        {
            return null;
        }

        var first = root.Get($"watchdog_{given[0]}_ms")!;
        var dog = V3Map.At(first);
        foreach (var name in given)
        {
            dog.With(name, root.Milliseconds($"watchdog_{name}_ms"));
        }

        return V3Map.At(first).With("main_thread_watchdog", dog).With("worker_watchdog", dog);
    }

    private static V3Map Runtime(ConfigNode runtime)
    {
        var layers = new List<ConfigNode>();
        Add("root", runtime.Get("subdirectory")!, isOfCluster: false);
        if (runtime.Get("override_subdirectory") is { } below)
        {
            Add("override", below, isOfCluster: true);
        }

        layers.Add(V3Map.At(runtime).With("name", "admin").With("admin_layer", V3Map.At(runtime)).ToNode());
        return V3Map.At(runtime).With("layers", ConfigNode.List(runtime.Position, layers));

        void Add(string name, ConfigNode subdirectory, bool isOfCluster)
        {
            var disk = V3Map.At(subdirectory).Copy(runtime, "symlink_root").With("subdirectory", subdirectory);
            layers.Add(V3Map.At(subdirectory).With("name", name).With("disk_layer", isOfCluster ? disk.With("append_service_cluster", true) : disk).ToNode());
        }
    }

    private static ConfigNode? TracingProvider(ConfigNode driver, V1Context context)
    {
        var config = driver.Get("config")!;
        if (driver.TextOf("type") != "zipkin")
        {
            context.Warn(driver, "is left out: there is no lightstep driver any more");
            return null;
        }

        // The default of v1 too.
        var endpoint = config.Get("collector_endpoint");
        var isOld = endpoint?.Text is null or "/api/v1/spans";
        if (isOld)
        {
            context.Warn(endpoint ?? config, "spans go to /api/v2/spans: collectors no longer take the format of /api/v1/spans");
        }

        var zipkin = V3Map.Packed(config, "envoy.config.trace.v3.ZipkinConfig")
            .Copy(config, "collector_cluster")
            .With("collector_endpoint", isOld ? (endpoint ?? config).As("/api/v2/spans") : endpoint)
            .With("collector_endpoint_version", "HTTP_JSON");
        return V3Map.Extension(driver, "envoy.tracers.zipkin", zipkin).ToNode();
    }
}
