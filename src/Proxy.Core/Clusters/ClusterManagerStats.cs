using Proxy.Stats;

namespace Proxy.Clusters;

/// <summary>Stats of the cluster manager, under <c>cluster_manager.</c></summary>
internal static class ClusterManagerStats
{
    public static readonly StatSchema Schema = new();
    public static readonly GaugeId Active = Schema.Gauge("active_clusters");
    public static readonly GaugeId Warming = Schema.Gauge("warming_clusters");
    public static readonly CounterId Added = Schema.Counter("cluster_added");
    public static readonly CounterId Modified = Schema.Counter("cluster_modified");
    public static readonly CounterId Removed = Schema.Counter("cluster_removed");
}
