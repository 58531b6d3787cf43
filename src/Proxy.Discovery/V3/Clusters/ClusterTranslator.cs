using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Connections;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Listeners;
using SocketOption = Proxy.Connections.SocketOption;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates clusters.</summary>
internal static class ClusterTranslator
{
    public const string Supported =
        """
        envoy.config.cluster.v3.Cluster: name alt_stat_name type=STATIC|STRICT_DNS|LOGICAL_DNS|ORIGINAL_DST|EDS eds_cluster_config connect_timeout per_connection_buffer_limit_bytes lb_policy=ROUND_ROBIN|LEAST_REQUEST|RANDOM|RING_HASH|MAGLEV|CLUSTER_PROVIDED|LOAD_BALANCING_POLICY_CONFIG load_balancing_policy load_assignment circuit_breakers max_requests_per_connection common_http_protocol_options http_protocol_options http2_protocol_options protocol_selection typed_extension_protocol_options dns_refresh_rate dns_jitter dns_failure_refresh_rate respect_dns_ttl dns_lookup_family wait_for_warm_on_init upstream_bind_config least_request_lb_config ring_hash_lb_config maglev_lb_config connection_pool_per_downstream_connection original_dst_lb_config cleanup_interval round_robin_lb_config common_lb_config upstream_connection_options transport_socket transport_socket_matches metadata outlier_detection health_checks ignore_health_on_host_removal track_cluster_stats
        envoy.config.cluster.v3.TrackClusterStats: timeout_budgets=false request_response_sizes=false
        envoy.config.cluster.v3.Cluster.CommonLbConfig: healthy_panic_threshold zone_aware_lb_config locality_weighted_lb_config consistent_hashing_lb_config update_merge_window ignore_new_hosts_until_first_hc close_connections_on_host_set_change
        envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig: fail_traffic_on_panic
        envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig: *
        envoy.config.cluster.v3.Cluster.RingHashLbConfig: *
        envoy.config.cluster.v3.Cluster.MaglevLbConfig: *
        envoy.config.cluster.v3.Cluster.OriginalDstLbConfig: use_http_header http_header_name upstream_port_override
        envoy.config.cluster.v3.Cluster.LeastRequestLbConfig: choice_count active_request_bias
        envoy.config.cluster.v3.Cluster.EdsClusterConfig: *
        envoy.config.cluster.v3.Cluster.TransportSocketMatch: *
        envoy.config.cluster.v3.Cluster.RefreshRate: *
        envoy.config.cluster.v3.CircuitBreakers: thresholds per_host_thresholds
        envoy.config.cluster.v3.CircuitBreakers.Thresholds: priority max_connections max_pending_requests max_requests max_retries track_remaining retry_budget
        envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget: *
        envoy.config.cluster.v3.LoadBalancingPolicy: *
        envoy.config.cluster.v3.LoadBalancingPolicy.Policy: *
        envoy.config.cluster.v3.UpstreamConnectionOptions: tcp_keepalive
        envoy.config.core.v3.BindConfig: source_address freebind socket_options
        envoy.config.endpoint.v3.ClusterLoadAssignment: cluster_name endpoints policy
        envoy.config.endpoint.v3.ClusterLoadAssignment.Policy: endpoint_stale_after overprovisioning_factor weighted_priority_health
        envoy.config.endpoint.v3.LocalityLbEndpoints: metadata locality lb_endpoints load_balancing_weight priority
        envoy.config.endpoint.v3.LbEndpoint: metadata endpoint health_status load_balancing_weight
        envoy.config.endpoint.v3.Endpoint: address hostname health_check_config
        envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest: choice_count active_request_bias enable_full_scan slow_start_config
        envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig:
        envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash: *
        envoy.extensions.load_balancing_policies.maglev.v3.Maglev: *
        envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig: *
        envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.LocalityWeightedLbConfig: *
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions: common_http_protocol_options explicit_http_config outlier_detection use_downstream_protocol_config auto_config upstream_http_protocol_options http_filters
        envoy.config.core.v3.UpstreamHttpProtocolOptions: *
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig: http_protocol_options http2_protocol_options
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions.AutoHttpConfig: http_protocol_options http2_protocol_options
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig: http_protocol_options http2_protocol_options
        """;

    public static ClusterConfig Translate(Cluster cluster, Place place, TranslationContext context)
    {
        var config = new ClusterConfig
        {
            Name = cluster.Name,
            PoolPerDownstreamConnection = cluster.ConnectionPoolPerDownstreamConnection,
            AltStatName = cluster.AltStatName,
            Type = TypeOf(cluster),
            PanicThreshold = cluster.CommonLbConfig?.HealthyPanicThreshold?.Value ?? 50,
            FailsOnPanic = cluster.CommonLbConfig?.ZoneAwareLbConfig?.FailTrafficOnPanic ?? false,
            UpdateMergeWindow = cluster.CommonLbConfig?.UpdateMergeWindow.Or(TimeSpan.FromSeconds(1)) ?? TimeSpan.FromSeconds(1),
            HealthCheck = ActiveCheckTranslator.Translate(cluster.HealthChecks, place.Field("health_checks"), context),
            IgnoresNewHostsUntilChecked = cluster.CommonLbConfig?.IgnoreNewHostsUntilFirstHc ?? false,
            ClosesConnectionsOnHostSetChange = cluster.CommonLbConfig?.CloseConnectionsOnHostSetChange ?? false,
            IgnoresHealthOnRemoval = cluster.IgnoreHealthOnHostRemoval,
            OutlierDetection = OutlierDetectionTranslator.Translate(cluster.OutlierDetection),
            Endpoints = EndpointTranslator.Translate(cluster, TypeOf(cluster), place.Field("load_assignment"), context),
            PriorityShare = EndpointTranslator.PriorityShare(cluster.LoadAssignment?.Policy),
            EndpointDiscovery = EndpointDiscovery(cluster, place, context),
            ConnectTimeout = cluster.ConnectTimeout.Or(TimeSpan.FromSeconds(5)),
            BufferLimit = cluster.PerConnectionBufferLimitBytes.ToIntOrNull() ?? 1024 * 1024,
            DefaultBreaker = Breaker(cluster, RoutingPriority.Default, place, context),
            HighBreaker = Breaker(cluster, RoutingPriority.High, place, context),
            Dns = Dns(cluster, place, context),
            Http = UpstreamHttpTranslator.Translate(cluster, place, context),
            BindAddress = BindAddress(cluster.UpstreamBindConfig, place.Field("upstream_bind_config"), context),
            Socket = Socket(cluster, place, context),
            Metadata = MetadataTranslator.Translate(cluster.Metadata),
            Transport = TransportSocketTranslator.Upstream(cluster.TransportSocket, place.Field("transport_socket"), context),
            TransportMatches = cluster.TransportSocketMatches.Select((match, i) => Match(match, place.Field("transport_socket_matches").Item(i), context)).ToConfigList(),
            OriginalDestination = OriginalDestination(cluster, place, context),
        };
        return SharedSettings.Share(BalancingTranslator.Apply(config, cluster, place, context));
    }

    private static TransportMatchConfig Match(Cluster.Types.TransportSocketMatch match, Place place, TranslationContext context) => new(
        match.Name,
        match.Match is { } labels ? MetadataTranslator.ToJson(labels) : "{}",
        TransportSocketTranslator.Upstream(match.TransportSocket, place.Field("transport_socket"), context));

    private static ClusterType TypeOf(Cluster cluster) => cluster.Type switch
    {
        Cluster.Types.DiscoveryType.StrictDns => ClusterType.StrictDns,
        Cluster.Types.DiscoveryType.LogicalDns => ClusterType.LogicalDns,
        Cluster.Types.DiscoveryType.Eds => ClusterType.Eds,
        Cluster.Types.DiscoveryType.OriginalDst => ClusterType.OriginalDestination,
        _ => ClusterType.Static,
    };

    private static EndpointDiscoveryConfig? EndpointDiscovery(Cluster cluster, Place place, TranslationContext context)
    {
        var at = place.Field("eds_cluster_config");
        if (TypeOf(cluster) != ClusterType.Eds)
        {
            if (cluster.EdsClusterConfig is not null)
            {
                context.Fault(at, "has an effect with type EDS only");
            }

            return null;
        }

        if (cluster.EdsClusterConfig?.EdsConfig is not { } source)
        {
            context.Fault(at.Field("eds_config"), "required with type EDS");
            return null;
        }

        if (cluster.LoadAssignment is not null)
        {
            context.Fault(place.Field("load_assignment"), "has no effect with type EDS");
        }

        var name = cluster.EdsClusterConfig.ServiceName;
        ResourceNames.Check(name.Length > 0 ? name : cluster.Name, name.Length > 0 ? at.Field("service_name") : place.Field("name"), context);
        return ConfigSourceTranslator.Translate(source, at.Field("eds_config"), context) is { } config
            ? new EndpointDiscoveryConfig(config, name)
            : null;
    }

    private static OriginalDestinationConfig OriginalDestination(Cluster cluster, Place place, TranslationContext context)
    {
        var settings = cluster.OriginalDstLbConfig;
        if (TypeOf(cluster) != ClusterType.OriginalDestination)
        {
            return new OriginalDestinationConfig(); // as in Envoy, what is said of it then has no effect
        }

        if (cluster.LbPolicy != Cluster.Types.LbPolicy.ClusterProvided && cluster.LoadBalancingPolicy is null)
        {
            context.Fault(place.Field("lb_policy"), "must be CLUSTER_PROVIDED with type ORIGINAL_DST");
        }

        return new OriginalDestinationConfig
        {
            UseHttpHeader = settings?.UseHttpHeader ?? false,
            HttpHeaderName = settings?.HttpHeaderName is { Length: > 0 } name ? name : new OriginalDestinationConfig().HttpHeaderName,
            PortOverride = settings?.UpstreamPortOverride.ToIntOrNull(),
            CleanupInterval = cluster.CleanupInterval.Or(TimeSpan.FromSeconds(5)),
        };
    }

    // The first of a priority counts, as in Envoy.
    private static CircuitBreakerConfig Breaker(Cluster cluster, RoutingPriority priority, Place place, TranslationContext context)
    {
        var limits = cluster.CircuitBreakers?.Thresholds.FirstOrDefault(t => t.Priority == priority);
        var perHost = PerHost(cluster, priority, place.Field("circuit_breakers").Field("per_host_thresholds"), context);
        return limits is null
            ? new CircuitBreakerConfig { MaxConnectionsPerHost = perHost }
            : new CircuitBreakerConfig
            {
                MaxConnectionsPerHost = perHost,
                MaxConnections = limits.MaxConnections ?? 1024,
                MaxPendingRequests = limits.MaxPendingRequests ?? 1024,
                MaxRequests = limits.MaxRequests ?? 1024,
                MaxRetries = limits.MaxRetries ?? 3,
                RetryBudget = limits.RetryBudget is { } budget ? new RetryBudgetConfig(budget.BudgetPercent?.Value ?? 20, budget.MinRetryConcurrency ?? 3) : null,
                TrackRemaining = limits.TrackRemaining,
            };
    }

    private static long? PerHost(Cluster cluster, RoutingPriority priority, Place place, TranslationContext context)
    {
        var limits = cluster.CircuitBreakers?.PerHostThresholds ?? [];
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Priority != priority)
            {
                continue;
            }

            if (limits[i] is not { MaxPendingRequests: null, MaxRequests: null, MaxRetries: null, RetryBudget: null, TrackRemaining: false })
            {
                context.Fault(place.Item(i), "only max_connections can be limited for each host");
            }

            return limits[i].MaxConnections;
        }

        return null;
    }

    private static DnsConfig Dns(Cluster cluster, Place place, TranslationContext context)
    {
        var failure = cluster.DnsFailureRefreshRate;
        if (failure is { BaseInterval: { } low, MaxInterval: { } high } && high.ToTimeSpan() < low.ToTimeSpan())
        {
            context.Fault(place.Field("dns_failure_refresh_rate").Field("max_interval"), "must not be less than base_interval");
        }

        return new DnsConfig
        {
            RefreshRate = cluster.DnsRefreshRate.Or(TimeSpan.FromSeconds(5)),
            Jitter = cluster.DnsJitter.Or(TimeSpan.Zero),
            FailureBaseInterval = failure?.BaseInterval.ToTimeSpanOrNull(),
            FailureMaxInterval = failure?.MaxInterval.ToTimeSpanOrNull(),
            RespectTtl = cluster.RespectDnsTtl,
            Family = FamilyOf(cluster.DnsLookupFamily),
            WaitForWarmOnInit = cluster.WaitForWarmOnInit ?? true,
        };
    }

    private static DnsLookupFamily FamilyOf(Cluster.Types.DnsLookupFamily family) => family switch
    {
        Cluster.Types.DnsLookupFamily.V4Only => DnsLookupFamily.V4Only,
        Cluster.Types.DnsLookupFamily.V6Only => DnsLookupFamily.V6Only,
        Cluster.Types.DnsLookupFamily.V4Preferred => DnsLookupFamily.V4Preferred,
        Cluster.Types.DnsLookupFamily.All => DnsLookupFamily.All,
        _ => DnsLookupFamily.Auto,
    };

    private static SocketSettings Socket(Cluster cluster, Place place, TranslationContext context)
    {
        var settings = SocketTranslator.Translate(cluster.UpstreamConnectionOptions?.TcpKeepalive);
        return cluster.UpstreamBindConfig is { } bind
            ? settings
                .With(bind.Freebind == true ? SocketOption.FreeBind : [])
                .With(SocketTranslator.Options(bind.SocketOptions, place.Field("upstream_bind_config").Field("socket_options"), context))
            : settings;
    }

    private static SocketAddressConfig? BindAddress(BindConfig? bind, Place place, TranslationContext context) =>
        bind?.SourceAddress is { } source ? AddressTranslator.ToLiteral(source, place.Field("source_address"), context) : null;
}
