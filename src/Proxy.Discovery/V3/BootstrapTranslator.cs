using Envoy.Config.Bootstrap.V3;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Clusters;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Listeners;
using Proxy.Discovery.V3.Tls;
using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.V3;

/// <summary>Translates a bootstrap: the root of a configuration.</summary>
internal static class BootstrapTranslator
{
    // Of no effect: profile_path and perf_tracing_file_path where no profilers are built into the process, as here; watchdogs that are asked for nothing;
    // and definitions of certificate providers, which Envoy does not use and whose uses are refused here.
    public const string Supported =
        """
        envoy.config.bootstrap.v3.Bootstrap: node node_context_params static_resources dynamic_resources config_sources default_config_source cluster_manager stats_flush_interval stats_flush_on_admin stats_config layered_runtime admin flags_path perf_tracing_file_path watchdog watchdogs certificate_provider_instances
        envoy.config.bootstrap.v3.Watchdog:
        envoy.config.bootstrap.v3.Watchdogs: main_thread_watchdog worker_watchdog
        envoy.config.bootstrap.v3.Bootstrap.StaticResources: listeners clusters secrets
        envoy.config.bootstrap.v3.Admin: access_log access_log_path address socket_options allow_paths profile_path
        envoy.config.bootstrap.v3.LayeredRuntime: *
        envoy.config.bootstrap.v3.RuntimeLayer: *
        envoy.config.bootstrap.v3.RuntimeLayer.AdminLayer: *
        envoy.config.bootstrap.v3.RuntimeLayer.DiskLayer: *
        envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer: *
        envoy.config.core.v3.Node: *
        envoy.config.core.v3.BuildVersion: *
        envoy.config.core.v3.Extension: *
        envoy.type.v3.SemanticVersion: *
        xds.core.v3.ContextParams: *
        """;

    public static ProxyConfig Translate(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, TranslationContext context)
    {
        var resources = bootstrap.StaticResources ?? new Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources();
        var place = Place.Root.Field("static_resources");
        FindClusters(resources, context);
        context.HasAggregatedSource = bootstrap.DynamicResources?.AdsConfig is not null;
        AddSecrets(resources, place.Field("secrets"), context);
        var layers = RuntimeTranslator.Translate(bootstrap.LayeredRuntime, Place.Root.Field("layered_runtime").Field("layers"), context);
        var dynamic = DynamicResourcesTranslator.Translate(bootstrap, layers, context);
        var clusters = Clusters(resources, place.Field("clusters"), context);
        if (bootstrap is { Watchdog: not null, Watchdogs: not null })
        {
            context.Fault(Place.Root.Field("watchdog"), "only one of watchdog and watchdogs may be set");
        }

        return new ProxyConfig
        {
            Node = Node(bootstrap.Node) with { ContextParameters = ContextParameters(bootstrap, context) },
            Admin = Admin(bootstrap.Admin, Place.Root.Field("admin"), context),
            Clusters = clusters,
            Secrets = context.Secrets.ToConfigList(),
            Dynamic = dynamic,
            OutlierEventLogPath = bootstrap.ClusterManager?.OutlierDetection?.EventLogPath ?? "",
            FlagsPath = bootstrap.FlagsPath,
            Listeners = Listeners(resources, place.Field("listeners"), context),
            Stats = StatsTranslator.Translate(bootstrap, context),
            StatsFlushInterval = bootstrap.StatsFlushInterval.Or(TimeSpan.FromSeconds(5)),
            RuntimeLayers = layers,
        };
    }

    private static NodeConfig Node(Envoy.Config.Core.V3.Node? node) => node is null
        ? new NodeConfig()
        : new NodeConfig { Message = node, Id = node.Id, Cluster = node.Cluster, Locality = LocalityTranslator.Translate(node.Locality) };

    // As in Envoy, names of nothing are let pass.
    private static ConfigList<string> ContextParameters(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, TranslationContext context)
    {
        for (var i = 0; i < bootstrap.NodeContextParams.Count; i++)
        {
            if (!NodeParameters.Knows(bootstrap.NodeContextParams[i]))
            {
                context.Warn(Place.Root.Field("node_context_params").Item(i), "adds nothing: a node has no such part");
            }
        }

        return bootstrap.NodeContextParams.ToConfigList();
    }

    // Control planes are reached through static clusters; those whose hosts a control plane brings are none to reach one.
    private static void FindClusters(Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources resources, TranslationContext context)
    {
        foreach (var cluster in resources.Clusters)
        {
            var source = cluster.EdsClusterConfig?.EdsConfig;
            var isFed = cluster.Type == Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds
                && (source?.Ads is not null || source?.ApiConfigSource is not null || V1.SourceAddress.IsOne(source?.PathConfigSource?.Path ?? ""));
            if (!isFed)
            {
                context.PrimaryClusters.Add(cluster.Name);
            }
        }
    }

    private static AdminConfig? Admin(Admin? admin, Place place, TranslationContext context)
    {
        var options = SocketTranslator.Options(admin?.SocketOptions ?? [], place.Field("socket_options"), context);

        // An admin section without an address only says where to log.
        if (admin?.Address is null || AddressTranslator.ToLiteral(admin.Address, place.Field("address"), context) is not { } address)
        {
            return null;
        }

        var logs = AccessLogTranslator.Translate(admin.AccessLog, place.Field("access_log"), context);
        return new AdminConfig(address)
        {
            Socket = SocketSettings.Default.With(options),
            AllowPaths = admin.AllowPaths.TranslateEach(place, "allow_paths", context, MatcherTranslator.Translate),
            AccessLogs = admin.AccessLogPath.Length == 0
                ? logs
                : [.. logs, new AccessLogConfig(new FileAccessLogConfig(admin.AccessLogPath, LogFormatConfig.Default))],
        };
    }

    private static void AddSecrets(Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources resources, Place place, TranslationContext context)
    {
        for (var i = 0; i < resources.Secrets.Count; i++)
        {
            if (SecretTranslator.IsEmpty(resources.Secrets[i]))
            {
                continue; // as in Envoy, it is refused where it is used
            }

            if (SecretTranslator.Translate(resources.Secrets[i], place.Item(i), context) is not { } secret)
            {
                context.Fault(place.Item(i), "has no certificate, no validation context and no ticket keys that can be used");
            }
            else if (context.Secrets.Exists(known => known.Name == secret.Name && (known.Certificate is null) == (secret.Certificate is null) && (known.Validation is null) == (secret.Validation is null)))
            {
                context.Fault(place.Item(i).Field("name"), $"another secret of this kind is named {secret.Name}");
            }
            else
            {
                context.Secrets.Add(secret);
            }
        }
    }

    private static ConfigList<ClusterConfig> Clusters(
        Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources resources, Place place, TranslationContext context)
    {
        var clusters = new List<ClusterConfig>(resources.Clusters.Count);
        for (var i = 0; i < resources.Clusters.Count; i++)
        {
            if (!context.Clusters.Add(resources.Clusters[i].Name))
            {
                context.Fault(place.Item(i).Field("name"), $"another cluster is named {resources.Clusters[i].Name}");
            }

            clusters.Add(ClusterTranslator.Translate(resources.Clusters[i], place.Item(i), context));
        }

        return clusters.ToConfigList();
    }

    private static ConfigList<ListenerConfig> Listeners(
        Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources resources, Place place, TranslationContext context)
    {
        var listeners = new List<ListenerConfig>(resources.Listeners.Count);
        var addresses = new Dictionary<AddressConfig, string>();
        for (var i = 0; i < resources.Listeners.Count; i++)
        {
            if (ListenerTranslator.Translate(resources.Listeners[i], place.Item(i), context) is not { } listener)
            {
                continue;
            }

            // A later listener of a name replaces the earlier one, as an update would.
            listeners.RemoveAll(l => l.Name == listener.Name);
            foreach (var address in listener.Addresses.Where(a => listener.BindToPort && a is not SocketAddressConfig { Port: 0 }))
            {
                if (!addresses.TryAdd(address, listener.Name) && addresses[address] != listener.Name)
                {
                    context.Fault(place.Item(i).Field("address"), $"listener {addresses[address]} has this address");
                }
            }

            listeners.Add(listener);
        }

        return listeners.ToConfigList();
    }
}
