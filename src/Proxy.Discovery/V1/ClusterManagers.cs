using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates what belongs to all clusters together.</summary>
internal static class ClusterManagers
{
    public const string Objects =
        """
        cluster_manager
          clusters! list cluster
          sds sds
          cds cds
          local_cluster_name text
          outlier_detection outlier_events
        sds
          cluster! cluster
          refresh_delay_ms! 1..
        cds
          cluster! cluster
          refresh_delay_ms 1..
          api_type REST_LEGACY|REST|GRPC
        outlier_events
          event_log_path text
        """;

    /// <summary>The clusters that are there from the start: those of the discovery services first, as they are created.</summary>
    public static IEnumerable<ConfigNode?> StaticClusters(ConfigNode manager, V1Context context)
    {
        if (manager.Get("cds")?.Get("api_type") is { Text: not "REST_LEGACY" } type)
        {
            context.Unsupported(type, $"{type.Text} is the protocol of v2, which is no longer spoken");
        }

        return Definitions(manager).Select(cluster => Clusters.Translate(cluster, context));
    }

    /// <summary>The same in v1.</summary>
    public static IEnumerable<ConfigNode> Definitions(ConfigNode manager)
    {
        ConfigNode?[] all = [manager.Get("sds")?.Get("cluster"), manager.Get("cds")?.Get("cluster"), .. manager.ItemsOf("clusters")];
        return all.OfType<ConfigNode>();
    }

    /// <summary>The settings that v3 keeps under the same name.</summary>
    public static V3Map? Translate(ConfigNode manager)
    {
        var settings = V3Map.At(manager).Copy(manager, "local_cluster_name", "outlier_detection");
        return settings.IsEmpty ? null : settings;
    }
}
