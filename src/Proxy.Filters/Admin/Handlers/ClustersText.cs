using System.Globalization;
using System.Text;
using Proxy.Clusters;
using Proxy.Clusters.Outliers;
using Proxy.Configuration.Clusters;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Clusters as lines of <c>cluster::setting::value</c> and <c>cluster::host::setting::value</c>.</summary>
internal static class ClustersText
{
    public static string Of(IEnumerable<ClusterState> clusters)
    {
        var text = new StringBuilder();
        foreach (var cluster in clusters)
        {
            Append(text, cluster);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ClusterState cluster)
    {
        var name = cluster.Config.Name;
        text.Append(name).Append("::observability_name::").Append(cluster.Config.AltStatName.Length > 0 ? cluster.Config.AltStatName : name).Append('\n');
        if (cluster.Outliers is { } outliers)
        {
            AppendRates(text, $"{name}::outlier::", outliers.Rates);
            AppendRates(text, $"{name}::outlier::local_origin_", outliers.LocalRates);
        }

        AppendLimits(text, $"{name}::default_priority::", cluster.Config.DefaultBreaker);
        AppendLimits(text, $"{name}::high_priority::", cluster.Config.HighBreaker);
        text.Append(name).Append(cluster.Origin is null ? "::added_via_api::false\n" : "::added_via_api::true\n");
        if (cluster.Config.EndpointDiscovery is { ServiceName.Length: > 0 } discovery)
        {
            text.Append(name).Append("::eds_service_name::").Append(discovery.ServiceName).Append('\n');
        }

        for (var priority = 0; priority < cluster.Hosts.Priorities.Length; priority++)
        {
            foreach (var entry in cluster.Hosts.Priorities[priority].All)
            {
                AppendHost(text, name, priority, entry);
            }
        }
    }

    private static void AppendRates(StringBuilder text, string start, SuccessRates rates)
    {
        text.Append(CultureInfo.InvariantCulture, $"{start}success_rate_average::{rates.Mean:G6}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}success_rate_ejection_threshold::{rates.Threshold:G6}\n");
    }

    private static void AppendLimits(StringBuilder text, string start, CircuitBreakerConfig limits)
    {
        text.Append(CultureInfo.InvariantCulture, $"{start}max_connections::{limits.MaxConnections}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_pending_requests::{limits.MaxPendingRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_requests::{limits.MaxRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_retries::{limits.MaxRetries}\n");
    }

    private static void AppendHost(StringBuilder text, string cluster, int priority, HostEntry entry)
    {
        var host = entry.Host;
        var start = $"{cluster}::{AdminJson.AddressText(host.EndPoint)}::";
        var counts = HostCounts.Of(host);
        foreach (var (name, value, _) in HostCounts.Stats)
        {
            text.Append(CultureInfo.InvariantCulture, $"{start}{name}::{value(counts)}\n");
        }

        text.Append(start).Append("hostname::").Append(host.Hostname).Append('\n');
        text.Append(start).Append("health_flags::").Append(HealthText(entry)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{start}weight::{entry.Weight}\n");
        text.Append(start).Append("region::").Append(host.Locality.Region).Append('\n');
        text.Append(start).Append("zone::").Append(host.Locality.Zone).Append('\n');
        text.Append(start).Append("sub_zone::").Append(host.Locality.SubZone).Append('\n');
        text.Append(start).Append(host.IsCanary ? "canary::true\n" : "canary::false\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}priority::{priority}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}success_rate::{host.Outliers?.SuccessRate ?? -1}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}local_origin_success_rate::{host.Outliers?.LocalSuccessRate ?? -1}\n");
    }

    // In Envoy's order, in which what the configuration says stands amid what was found out.
    private static string HealthText(HostEntry entry)
    {
        var text = new StringBuilder();
        var flags = entry.Host.Flags;
        text.Append(flags.HasFlag(HealthFlags.FailedActiveCheck) ? "/failed_active_hc" : "");
        text.Append(flags.HasFlag(HealthFlags.FailedOutlierCheck) ? "/failed_outlier_check" : "");
        text.Append(entry.Health is EndpointHealth.Unhealthy or EndpointHealth.Timeout ? "/failed_eds_health" : "");
        text.Append(flags.HasFlag(HealthFlags.DegradedActiveCheck) ? "/degraded_active_hc" : "");
        text.Append(entry.Health is EndpointHealth.Degraded ? "/degraded_eds_health" : "");
        text.Append(flags.HasFlag(HealthFlags.PendingRemoval) ? "/pending_dynamic_removal" : "");
        text.Append(flags.HasFlag(HealthFlags.PendingActiveCheck) ? "/pending_active_hc" : "");
        text.Append(flags.HasFlag(HealthFlags.ExcludedByCheck) ? "/excluded_via_immediate_hc_fail" : "");
        text.Append(flags.HasFlag(HealthFlags.ActiveCheckTimeout) ? "/active_hc_timeout" : "");
        text.Append(entry.Health is EndpointHealth.Draining ? "/eds_status_draining" : "");
        return text.Length == 0 ? "healthy" : text.ToString();
    }
}
