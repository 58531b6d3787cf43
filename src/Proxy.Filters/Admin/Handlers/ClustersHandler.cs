using System.Globalization;
using System.Text;
using System.Text.Json;
using Proxy.Clusters;
using Proxy.Configuration.Clusters;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/clusters</c>: limits, hosts and what each host has done.</summary>
internal sealed class ClustersHandler(ClusterManager clusters) : IAdminHandler
{
    private static readonly (string Name, Func<HostCounts, long> Value, bool IsGauge)[] HostStats =
    [
        ("cx_active", counts => counts.ConnectionsActive, true),
        ("cx_connect_fail", counts => counts.ConnectFailures, false),
        ("cx_total", counts => counts.ConnectionsTotal, false),
        ("rq_active", counts => counts.RequestsActive, true),
        ("rq_error", counts => counts.RequestsFailed, false),
        ("rq_pending_active", _ => 0, true),
        ("rq_success", counts => counts.RequestsSucceeded, false),
        ("rq_timeout", counts => counts.RequestTimeouts, false),
        ("rq_total", counts => counts.RequestsTotal, false),
    ];

    public string Path => "/clusters";

    public string Help => "upstream cluster status (format=text|json, filter)";

    public bool ChangesState => false;

    public AdminResponse Handle(AdminRequest request)
    {
        if (!NameFilter.TryCompile(request.Query.Get("filter"), invert: false, out var wanted, out var fault))
        {
            return AdminResponse.Error(400, fault);
        }

        var known = clusters is ProxyClusterManager manager ? manager.Clusters.Where(cluster => wanted is null || wanted(cluster.Config.Name)) : [];
        return request.Query.Get("format") == "json"
            ? AdminResponse.Json(AdminJson.Write(json => WriteJson(json, known)))
            : AdminResponse.Text(Text(known));
    }

    private static string Text(IEnumerable<ClusterState> known)
    {
        var text = new StringBuilder();
        foreach (var cluster in known)
        {
            var name = cluster.Config.Name;
            text.Append(name).Append("::observability_name::").Append(ObservabilityName(cluster.Config)).Append('\n');
            AppendLimits(text, name, "default", cluster.Config.DefaultBreaker);
            AppendLimits(text, name, "high", cluster.Config.HighBreaker);
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

        return text.ToString();
    }

    private static string ObservabilityName(ClusterConfig config) => config.AltStatName.Length > 0 ? config.AltStatName : config.Name;

    private static void AppendLimits(StringBuilder text, string cluster, string priority, CircuitBreakerConfig limits)
    {
        var start = $"{cluster}::{priority}_priority::";
        text.Append(CultureInfo.InvariantCulture, $"{start}max_connections::{limits.MaxConnections}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_pending_requests::{limits.MaxPendingRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_requests::{limits.MaxRequests}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}max_retries::{limits.MaxRetries}\n");
    }

    private static void AppendHost(StringBuilder text, string cluster, int priority, HostEntry entry)
    {
        var start = $"{cluster}::{AdminJson.AddressText(entry.Host.EndPoint)}::";
        var counts = HostCounts.Of(entry.Host);
        foreach (var (name, value, _) in HostStats)
        {
            text.Append(CultureInfo.InvariantCulture, $"{start}{name}::{value(counts)}\n");
        }

        text.Append(start).Append("hostname::").Append(entry.Host.Hostname).Append('\n');
        text.Append(start).Append("health_flags::").Append(HealthText(entry)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{start}weight::{entry.Weight}\n");
        text.Append(start).Append("region::").Append(entry.Host.Locality.Region).Append('\n');
        text.Append(start).Append("zone::").Append(entry.Host.Locality.Zone).Append('\n');
        text.Append(start).Append("sub_zone::").Append(entry.Host.Locality.SubZone).Append('\n');
        text.Append(start).Append("canary::false\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}priority::{priority}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}success_rate::{entry.Host.Outliers?.SuccessRate ?? -1}\n");
        text.Append(CultureInfo.InvariantCulture, $"{start}local_origin_success_rate::{entry.Host.Outliers?.LocalSuccessRate ?? -1}\n");
    }

    // In Envoy's order, in which what the configuration says stands amid what was found out.
    private static string HealthText(HostEntry entry)
    {
        var text = new StringBuilder();
        var flags = entry.Host.Flags;
        text.Append(flags.HasFlag(HealthFlags.FailedActiveCheck) ? "/failed_active_hc" : "");
        text.Append(flags.HasFlag(HealthFlags.FailedOutlierCheck) ? "/failed_outlier_check" : "");
        text.Append(entry.Health is EndpointHealth.Unhealthy or EndpointHealth.Draining or EndpointHealth.Timeout ? "/failed_eds_health" : "");
        text.Append(flags.HasFlag(HealthFlags.DegradedActiveCheck) ? "/degraded_active_hc" : "");
        text.Append(entry.Health is EndpointHealth.Degraded ? "/degraded_eds_health" : "");
        text.Append(flags.HasFlag(HealthFlags.PendingRemoval) ? "/pending_dynamic_removal" : "");
        text.Append(flags.HasFlag(HealthFlags.PendingActiveCheck) ? "/pending_active_hc" : "");
        text.Append(flags.HasFlag(HealthFlags.ExcludedByCheck) ? "/excluded_via_immediate_hc_fail" : "");
        text.Append(flags.HasFlag(HealthFlags.ActiveCheckTimeout) ? "/active_hc_timeout" : "");
        return text.Length == 0 ? "healthy" : text.ToString();
    }

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

    private static void WriteRate(Utf8JsonWriter json, string name, double? rate)
    {
        if (rate is >= 0)
        {
            json.WriteStartObject(name);
            json.WriteNumber("value", rate.Value);
            json.WriteEndObject();
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IEnumerable<ClusterState> known)
    {
        json.WriteStartArray("cluster_statuses");
        foreach (var cluster in known)
        {
            json.WriteStartObject();
            json.WriteString("name", cluster.Config.Name);
            if (cluster.Origin is not null)
            {
                json.WriteBoolean("added_via_api", true);
            }

            if (cluster.Config.EndpointDiscovery is { ServiceName.Length: > 0 } discovery)
            {
                json.WriteString("eds_service_name", discovery.ServiceName);
            }

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
            json.WriteString("observability_name", ObservabilityName(cluster.Config));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

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
        foreach (var (name, value, isGauge) in HostStats)
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

        json.WriteString("eds_health_status", entry.Health is EndpointHealth.Unknown ? "HEALTHY" : entry.Health.ToString().ToUpperInvariant());
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

    // What all workers together have done with a host.
    private readonly record struct HostCounts(
        long ConnectionsActive,
        long ConnectFailures,
        long ConnectionsTotal,
        long RequestsActive,
        long RequestsFailed,
        long RequestsSucceeded,
        long RequestTimeouts,
        long RequestsTotal)
    {
        public static HostCounts Of(Clusters.Host host)
        {
            var sum = default(HostCounts);
            foreach (var shard in host.Shards)
            {
                sum = new HostCounts(
                    sum.ConnectionsActive + Volatile.Read(ref shard.ConnectionsActive),
                    sum.ConnectFailures + Volatile.Read(ref shard.ConnectFailures),
                    sum.ConnectionsTotal + Volatile.Read(ref shard.ConnectionsTotal),
                    sum.RequestsActive + Volatile.Read(ref shard.RequestsActive),
                    sum.RequestsFailed + Volatile.Read(ref shard.RequestsFailed),
                    sum.RequestsSucceeded + Volatile.Read(ref shard.RequestsSucceeded),
                    sum.RequestTimeouts + Volatile.Read(ref shard.RequestTimeouts),
                    sum.RequestsTotal + Volatile.Read(ref shard.RequestsTotal));
            }

            return sum;
        }
    }
}
