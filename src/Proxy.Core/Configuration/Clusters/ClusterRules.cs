using Proxy.Clusters.Health;
using Proxy.Clusters.Outliers;
using Proxy.Http.H1;
using Proxy.Observability;

namespace Proxy.Configuration.Clusters;

/// <summary>Rules that a cluster's configuration must keep. Paths are those of Envoy's fields, relative to the cluster.</summary>
internal static class ClusterRules
{
    /// <summary>All faults; none when the record is good.</summary>
    public static IReadOnlyList<ConfigFault> Check(ClusterConfig config)
    {
        var faults = new List<ConfigFault>();
        if (config.Name.Length == 0)
        {
            faults.Add(new ConfigFault("name", "required"));
        }

        if (config.ConnectTimeout <= TimeSpan.Zero)
        {
            faults.Add(new ConfigFault("connect_timeout", "must be greater than 0s"));
        }

        CheckBalancing(config, faults);
        CheckDns(config.Dns, faults);
        CheckHttp(config.Http, faults);
        CheckEndpoints(config, faults);
        CheckDiscovery(config, faults);
        CheckHealth(config, faults);
        if (config.BindAddress is not (null or SocketAddressConfig))
        {
            faults.Add(new ConfigFault("upstream_bind_config.source_address", "must be an IP address"));
        }

        CheckMetadata(config.Metadata, "metadata", faults);
        TransportRules.Check(config, faults);
        CheckOriginalDestination(config, faults);
        return faults;
    }

    /// <summary>All faults of what a source says of a cluster's hosts; none when it is good.</summary>
    public static IReadOnlyList<ConfigFault> CheckAssignment(EndpointAssignmentConfig assignment)
    {
        var faults = new List<ConfigFault>();
        CheckPlaces(ClusterType.Static, assignment.Endpoints, "", faults);
        return faults;
    }

    private static void CheckDiscovery(ClusterConfig config, List<ConfigFault> faults)
    {
        if (config.Type == ClusterType.Eds != config.EndpointDiscovery is not null)
        {
            faults.Add(new ConfigFault("eds_cluster_config", config.EndpointDiscovery is null ? "required with type EDS" : "only with type EDS"));
        }

        if (config.Type == ClusterType.Eds && config.Endpoints.Count > 0)
        {
            faults.Add(new ConfigFault("load_assignment", "an EDS cluster has no hosts of its own"));
        }
    }

    private static void CheckHealth(ClusterConfig config, List<ConfigFault> faults)
    {
        if (config.HealthCheck is { } check)
        {
            var compiled = new FaultList();
            HealthModel.Compile(check, FormatEnvironment.Empty, "health_checks[0]", compiled);
            faults.AddRange(compiled.Faults);
            if (check.Probe is GrpcHealthProbeConfig && config.Http.Protocol == UpstreamProtocol.Http1)
            {
                faults.Add(new ConfigFault("health_checks[0].grpc_health_check", "only in clusters that speak HTTP/2"));
            }
        }

        if (config.OutlierDetection is not { } outliers)
        {
            return;
        }

        var path = "outlier_detection";
        if (outliers.Interval <= TimeSpan.Zero || outliers.BaseEjectionTime <= TimeSpan.Zero)
        {
            faults.Add(new ConfigFault($"{path}.{(outliers.Interval <= TimeSpan.Zero ? "interval" : "base_ejection_time")}", "must be greater than 0s"));
        }

        if (outliers.MaxEjectionTime < outliers.BaseEjectionTime)
        {
            faults.Add(new ConfigFault($"{path}.max_ejection_time", "must not be less than base_ejection_time"));
        }

        if (outliers.MaxEjectionPercent > 100)
        {
            faults.Add(new ConfigFault($"{path}.max_ejection_percent", "must be between 0 and 100"));
        }
    }

    private static void CheckOriginalDestination(ClusterConfig config, List<ConfigFault> faults)
    {
        if (config.OriginalDestination.CleanupInterval <= TimeSpan.Zero)
        {
            faults.Add(new ConfigFault("cleanup_interval", "must be greater than 0s"));
        }

        if (config.OriginalDestination.PortOverride is < 0 or > ushort.MaxValue)
        {
            faults.Add(new ConfigFault("original_dst_lb_config.upstream_port_override", "must be a port"));
        }
    }

    private static void CheckMetadata(ConfigList<KeyValuePair<string, string>> metadata, string path, List<ConfigFault> faults)
    {
        foreach (var (name, json) in metadata)
        {
            if (MetadataTree.TryParse(json) is null)
            {
                faults.Add(new ConfigFault($"{path}.{name}", "must be a JSON object"));
            }
        }
    }

    private static void CheckBalancing(ClusterConfig config, List<ConfigFault> faults)
    {
        if (config.LeastRequest.ChoiceCount < 2)
        {
            faults.Add(new ConfigFault("least_request_lb_config.choice_count", "must be 2 or more"));
        }

        if (!(config.LeastRequest.ActiveRequestBias >= 0))
        {
            faults.Add(new ConfigFault("least_request_lb_config.active_request_bias", "must be 0 or more"));
        }

        CheckHashing(config.Hashing, faults);
        if (config.PanicThreshold is not (>= 0 and <= 100))
        {
            faults.Add(new ConfigFault("common_lb_config.healthy_panic_threshold", "must be between 0 and 100"));
        }
    }

    private static void CheckHashing(HashBalancingConfig hashing, List<ConfigFault> faults)
    {
        if (hashing.MinimumRingSize is < 0 or > HashBalancingConfig.MaxRingSize)
        {
            faults.Add(new ConfigFault("ring_hash_lb_config.minimum_ring_size", $"must be between 0 and {HashBalancingConfig.MaxRingSize}"));
        }

        if (hashing.MaximumRingSize < hashing.MinimumRingSize || hashing.MaximumRingSize > HashBalancingConfig.MaxRingSize)
        {
            faults.Add(new ConfigFault("ring_hash_lb_config.maximum_ring_size", $"must be between minimum_ring_size and {HashBalancingConfig.MaxRingSize}"));
        }

        if (hashing.MaglevTableSize is > HashBalancingConfig.MaxTableSize || !IsPrime(hashing.MaglevTableSize))
        {
            faults.Add(new ConfigFault("maglev_lb_config.table_size", $"must be a prime of at most {HashBalancingConfig.MaxTableSize}"));
        }

        if (hashing.BalanceFactor < 100)
        {
            faults.Add(new ConfigFault("common_lb_config.consistent_hashing_lb_config.hash_balance_factor", "must be 100 or more"));
        }
    }

    /// <summary>True for 2, 3, 5, 7 and so on, and as in Envoy for 1: a table of one host.</summary>
    public static bool IsPrime(int number)
    {
        for (var divisor = 2; (long)divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return number > 0;
    }

    private static void CheckDns(DnsConfig dns, List<ConfigFault> faults)
    {
        if (dns.RefreshRate < TimeSpan.FromMilliseconds(1))
        {
            faults.Add(new ConfigFault("dns_refresh_rate", "must be at least 0.001s"));
        }

        if (dns.FailureBaseInterval is { } tooShort && tooShort < TimeSpan.FromMilliseconds(1))
        {
            faults.Add(new ConfigFault("dns_failure_refresh_rate.base_interval", "must be at least 0.001s"));
        }

        if (dns.FailureMaxInterval is { } max && dns.FailureBaseInterval is { } least && max < least)
        {
            faults.Add(new ConfigFault("dns_failure_refresh_rate.max_interval", "must not be less than base_interval"));
        }
    }

    private static void CheckHttp(UpstreamHttpConfig http, List<ConfigFault> faults)
    {
        if (http.MaxRequestsPerConnection is <= 0)
        {
            faults.Add(new ConfigFault("max_requests_per_connection", "must be 1 or more"));
        }

        var upgrades = new FaultList();
        UpgradeMatchers.Compile(http.Http1, "http_protocol_options", upgrades);
        faults.AddRange(upgrades.Faults);
        if (http.OutlierErrors is { } errors)
        {
            var compiled = new FaultList();
            ErrorMatcher.Compile(errors, "outlier_detection.error_matcher", compiled);
            faults.AddRange(compiled.Faults);
        }
    }

    private static void CheckEndpoints(ClusterConfig config, List<ConfigFault> faults)
    {
        if (config.Type == ClusterType.LogicalDns && (config.Endpoints.Count != 1 || config.Endpoints[0].Endpoints.Count != 1))
        {
            faults.Add(new ConfigFault("load_assignment", "a LOGICAL_DNS cluster has exactly one locality with exactly one endpoint"));
        }

        if (config.Type == ClusterType.OriginalDestination && config.Endpoints.Count > 0)
        {
            faults.Add(new ConfigFault("load_assignment", "an ORIGINAL_DST cluster has no hosts of its own"));
        }

        CheckPlaces(config.Type, config.Endpoints, "load_assignment.", faults);
    }

    private static void CheckPlaces(ClusterType type, ConfigList<LocalityEndpointsConfig> places, string parent, List<ConfigFault> faults)
    {
        for (var i = 0; i < places.Count; i++)
        {
            var place = places[i];
            var path = $"{parent}endpoints[{i}]";
            if (place.Priority is < 0 or > 128)
            {
                faults.Add(new ConfigFault($"{path}.priority", "must be between 0 and 128"));
            }

            for (var j = 0; j < place.Endpoints.Count; j++)
            {
                CheckEndpoint(type, place.Endpoints[j], $"{path}.lb_endpoints[{j}]", faults);
            }
        }
    }

    private static void CheckEndpoint(ClusterType type, EndpointConfig endpoint, string path, List<ConfigFault> faults)
    {
        if (endpoint.Weight == 0)
        {
            faults.Add(new ConfigFault($"{path}.load_balancing_weight", "must be 1 or more"));
        }

        CheckMetadata(endpoint.Metadata, $"{path}.metadata", faults);
        if (type == ClusterType.Static && endpoint.Address is NameAddressConfig name)
        {
            faults.Add(new ConfigFault($"{path}.endpoint.address", $"'{name.Host}' is no IP address; names need type STRICT_DNS or LOGICAL_DNS"));
        }
        else if (type != ClusterType.Static && endpoint.Address is not (NameAddressConfig or SocketAddressConfig))
        {
            faults.Add(new ConfigFault($"{path}.endpoint.address", "a DNS cluster takes names and IP addresses only"));
        }
    }
}
