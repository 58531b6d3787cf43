using System.Globalization;
using System.Text.Json;
using Proxy.Clusters;
using Proxy.Clusters.Outliers;
using Proxy.Configuration.Clusters;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Clusters as JSON of <c>envoy.admin.v3.Clusters</c>.</summary>
internal static class ClustersJson
{
    private static readonly (HealthFlags Flag, string Name)[] FlagNames =
    [
        (HealthFlags.FailedActiveCheck, "failed_active_health_check"),
        (HealthFlags.FailedOutlierCheck, "failed_outlier_check"),
        (HealthFlags.DegradedActiveCheck, "failed_active_degraded_check"),
        (HealthFlags.PendingRemoval, "pending_dynamic_removal"),
        (HealthFlags.PendingActiveCheck, "pending_active_hc"),
        (HealthFlags.ExcludedByCheck, "excluded_via_immediate_hc_fail"),
        (HealthFlags.ActiveCheckTimeout, "active_hc_timeout"),
    ];

    public static void Write(Utf8JsonWriter json, IEnumerable<ClusterState> clusters)
    {
        json.WriteStartArray("cluster_statuses");
        foreach (var cluster in clusters)
        {
            json.WriteStartObject();
            WriteCluster(json, cluster);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCluster(Utf8JsonWriter json, ClusterState cluster)
    {
        json.WriteString("name", cluster.Config.Name);
        if (cluster.Origin is not null)
        {
            json.WriteBoolean("added_via_api", true);
        }

        if (cluster.Config.EndpointDiscovery is { ServiceName.Length: > 0 } discovery)
        {
            json.WriteString("eds_service_name", discovery.ServiceName);
        }

        WriteThreshold(json, "success_rate_ejection_threshold", cluster.Outliers?.Rates);
        WriteThreshold(json, "local_origin_success_rate_ejection_threshold", cluster.Outliers?.LocalRates);
        json.WriteStartArray("host_statuses");
        for (var priority = 0; priority < cluster.Hosts.Priorities.Length; priority++)
        {
            foreach (var entry in cluster.Hosts.Priorities[priority].All)
            {
                WriteHost(json, priority, entry);
            }
        }

        json.WriteEndArray();
        json.WriteStartObject("circuit_breakers");
        json.WriteStartArray("thresholds");
        WriteLimits(json, "DEFAULT", cluster.Config.DefaultBreaker);
        WriteLimits(json, "HIGH", cluster.Config.HighBreaker);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("observability_name", cluster.Config.AltStatName.Length > 0 ? cluster.Config.AltStatName : cluster.Config.Name);
    }

    private static void WriteThreshold(Utf8JsonWriter json, string name, SuccessRates? rates) => WriteRate(json, name, rates is { Threshold: > 0 } known ? known.Threshold : null);

    private static void WriteLimits(Utf8JsonWriter json, string priority, CircuitBreakerConfig limits)
    {
        json.WriteStartObject();
        json.WriteString("priority", priority);
        json.WriteNumber("max_connections", limits.MaxConnections);
        json.WriteNumber("max_pending_requests", limits.MaxPendingRequests);
        json.WriteNumber("max_requests", limits.MaxRequests);
        json.WriteNumber("max_retries", limits.MaxRetries);
        json.WriteEndObject();
    }

    private static void WriteHost(Utf8JsonWriter json, int priority, HostEntry entry)
    {
        var counts = HostCounts.Of(entry.Host);
        json.WriteStartObject();
        json.WritePropertyName("address");
        AdminJson.WriteAddress(json, entry.Host.EndPoint);
        json.WriteStartArray("stats");
        foreach (var (name, value, isGauge) in HostCounts.Stats)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value(counts).ToString(CultureInfo.InvariantCulture)); // a 64-bit number is a string in protobuf's JSON
            json.WriteString("type", isGauge ? "GAUGE" : "COUNTER");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRate(json, "success_rate", entry.Host.Outliers?.SuccessRate);
        WriteRate(json, "local_origin_success_rate", entry.Host.Outliers?.LocalSuccessRate);
        json.WriteStartObject("health_status");
        foreach (var (flag, name) in FlagNames)
        {
            if (entry.Host.Flags.HasFlag(flag))
            {
                json.WriteBoolean(name, true);
            }
        }

        json.WriteString("eds_health_status", EdsHealth(entry.Health));
        json.WriteEndObject();
        json.WriteNumber("weight", entry.Weight);
        if (entry.Host.Hostname.Length > 0)
        {
            json.WriteString("hostname", entry.Host.Hostname);
        }

        json.WriteNumber("priority", priority);
        json.WriteStartObject("locality");
        json.WriteString("region", entry.Host.Locality.Region);
        json.WriteString("zone", entry.Host.Locality.Zone);
        json.WriteString("sub_zone", entry.Host.Locality.SubZone);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRate(Utf8JsonWriter json, string name, double? rate)
    {
        if (rate is >= 0)
        {
            json.WriteStartObject(name);
            json.WriteNumber("value", rate.Value);
            json.WriteEndObject();
        }
    }

    private static string EdsHealth(EndpointHealth health) => health switch
    {
        EndpointHealth.Unhealthy or EndpointHealth.Timeout => "UNHEALTHY",
        EndpointHealth.Degraded => "DEGRADED",
        EndpointHealth.Draining => "DRAINING",
        _ => "HEALTHY",
    };
}
