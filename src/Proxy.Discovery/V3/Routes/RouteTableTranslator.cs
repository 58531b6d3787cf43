using Envoy.Config.Route.V3;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates route tables and their virtual hosts.</summary>
internal static class RouteTableTranslator
{
    // As in Envoy, metadata_match has no effect where no cluster has subsets; lb_subset_config is refused.
    public const string Supported =
        """
        envoy.config.route.v3.RouteConfiguration: name virtual_hosts vhds internal_only_headers request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove most_specific_header_mutations_wins validate_clusters max_direct_response_body_size_bytes ignore_port_in_host_matching ignore_path_parameters_in_path_matching vhost_header typed_per_filter_config metadata request_mirror_policies cluster_specifier_plugins
        envoy.config.route.v3.VirtualHost: cors name domains routes matcher virtual_clusters require_tls request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove typed_per_filter_config include_request_attempt_count include_attempt_count_in_response include_is_timeout_retry_header retry_policy hedge_policy per_request_buffer_limit_bytes request_body_buffer_limit metadata request_mirror_policies
        envoy.config.route.v3.Route: per_request_buffer_limit_bytes request_body_buffer_limit metadata decorator stat_prefix name match route redirect direct_response typed_per_filter_config request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove
        envoy.config.route.v3.RouteList: *
        envoy.config.route.v3.RouteMatch: prefix path safe_regex connect_matcher path_separated_prefix case_sensitive runtime_fraction headers query_parameters cookies grpc tls_context path_match_policy dynamic_metadata filter_state
        envoy.config.route.v3.RouteMatch.TlsContextMatchOptions: *
        envoy.config.route.v3.CookieMatcher: *
        envoy.config.route.v3.Decorator: *
        envoy.config.route.v3.VirtualCluster: *
        envoy.config.route.v3.HeaderMatcher: *
        envoy.config.route.v3.QueryParameterMatcher: *
        envoy.config.route.v3.RouteAction: cors metadata_match cluster cluster_header cluster_specifier_plugin inline_cluster_specifier_plugin weighted_clusters cluster_not_found_response_code prefix_rewrite regex_rewrite path_rewrite path_rewrite_policy host_rewrite host_rewrite_literal auto_host_rewrite host_rewrite_header host_rewrite_path_regex append_x_forwarded_host timeout idle_timeout priority upgrade_configs retry_policy hash_policy request_mirror_policies early_data_policy max_stream_duration max_grpc_timeout grpc_timeout_offset hedge_policy internal_redirect_policy internal_redirect_action max_internal_redirects flush_timeout
        envoy.config.route.v3.InternalRedirectPolicy: *
        envoy.config.route.v3.RouteAction.MaxStreamDuration: *
        envoy.config.route.v3.HedgePolicy: *
        envoy.config.route.v3.RouteAction.RequestMirrorPolicy: *
        envoy.config.route.v3.RouteAction.HashPolicy: *
        envoy.config.route.v3.RouteAction.HashPolicy.Header: *
        envoy.config.route.v3.RouteAction.HashPolicy.Cookie: *
        envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute: *
        envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties: *
        envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter: *
        envoy.config.route.v3.RouteAction.HashPolicy.FilterState: *
        envoy.config.route.v3.RouteAction.UpgradeConfig: upgrade_type enabled connect_config
        envoy.config.route.v3.RetryPolicy: retry_on num_retries per_try_timeout per_try_idle_timeout retry_host_predicate host_selection_retry_max_attempts retriable_status_codes retry_back_off rate_limited_retry_back_off retriable_headers retriable_request_headers retry_priority
        envoy.config.route.v3.RetryPolicy.RetryPriority: *
        envoy.config.route.v3.RetryPolicy.RetryHostPredicate: *
        envoy.config.route.v3.RetryPolicy.RetryBackOff: *
        envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff: *
        envoy.config.route.v3.RetryPolicy.ResetHeader: *
        envoy.config.route.v3.RedirectAction: *
        envoy.config.route.v3.DirectResponseAction: *
        envoy.config.route.v3.WeightedCluster: clusters total_weight runtime_key_prefix header_name use_hash_policy
        envoy.config.route.v3.WeightedCluster.ClusterWeight: name metadata_match cluster_header weight request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove typed_per_filter_config host_rewrite_literal
        envoy.config.route.v3.FilterConfig: *
        envoy.config.route.v3.Vhds: *
        """;

    private const int DefaultBodyLimit = 4096;

    /// <param name="table">The table.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="context">What translators share.</param>
    /// <param name="isDynamic">It came from elsewhere: clusters are only checked when it asks for that.</param>
    public static RouteTableConfig Translate(RouteConfiguration table, Place place, TranslationContext context, bool isDynamic = false)
    {
        var level = new RouteLevel(
            table.MaxDirectResponseBodySizeBytes.ToIntOrNull() ?? DefaultBodyLimit,
            table.ValidateClusters ?? !isDynamic,
            new ClusterSpecifiers(table, place.Field("cluster_specifier_plugins"), context));
        return new RouteTableConfig
        {
            Name = table.Name,
            VirtualHosts = VirtualHosts(table, level, place, context),
            Edits = HeaderEditsTranslator.Translate(
                table.RequestHeadersToAdd, table.RequestHeadersToRemove, table.ResponseHeadersToAdd, table.ResponseHeadersToRemove, place, context),
            InternalOnlyHeaders = table.InternalOnlyHeaders.ToConfigList(),
            MostSpecificEditsWin = table.MostSpecificHeaderMutationsWins,
            IgnorePortInHostMatching = table.IgnorePortInHostMatching,
            IgnorePathParameters = table.IgnorePathParametersInPathMatching,
            VirtualHostHeader = table.VhostHeader.Length == 0 ? null : table.VhostHeader,
            MaxDirectResponseBodyBytes = level.BodyLimit,
            ValidateClusters = level.ValidateClusters,
            VirtualHostDiscovery = VirtualHostDiscovery(table.Vhds, isDynamic, place.Field("vhds"), context),
            PerFilter = PerFilterTranslator.Translate(table.TypedPerFilterConfig, place, context),
        };
    }

    /// <summary>Translates a virtual host that comes alone.</summary>
    public static VirtualHostConfig TranslateHost(VirtualHost host, Place place, TranslationContext context) =>
        Translate(host, [], new RouteLevel(DefaultBodyLimit, ValidateClusters: false, new ClusterSpecifiers(new RouteConfiguration(), place, context)), place, context);

    private static ConfigSourceConfig? VirtualHostDiscovery(Vhds? discovery, bool isDynamic, Place place, TranslationContext context)
    {
        if (discovery is null)
        {
            return null;
        }

        if (!isDynamic)
        {
            context.Unsupported(place, "only of use in tables that come from elsewhere");
        }

        if (ConfigSourceTranslator.Translate(discovery.ConfigSource, place.Field("config_source"), context) is not { } source)
        {
            return null;
        }

        if (source is not (AggregatedSourceConfig or ControlPlaneSourceConfig { ControlPlane.Protocol: ControlPlaneProtocol.DeltaGrpc }))
        {
            context.Fault(place.Field("config_source"), "only DELTA_GRPC and ads bring virtual hosts");
        }

        return source;
    }

    private static ConfigList<VirtualHostConfig> VirtualHosts(RouteConfiguration table, RouteLevel level, Place tablePlace, TranslationContext context)
    {
        var place = tablePlace.Field("virtual_hosts");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var hosts = new List<VirtualHostConfig>(table.VirtualHosts.Count);
        var mirrors = MirrorTranslator.Translate(table.RequestMirrorPolicies, level, tablePlace.Field("request_mirror_policies"), context);
        for (var i = 0; i < table.VirtualHosts.Count; i++)
        {
            var host = table.VirtualHosts[i];
            if (!names.Add(host.Name))
            {
                context.Fault(place.Item(i).Field("name"), $"another virtual host is named {host.Name}");
            }

            for (var d = 0; d < host.Domains.Count; d++)
            {
                if (!domains.Add(host.Domains[d]))
                {
                    context.Fault(place.Item(i).Field("domains").Item(d), $"\"{host.Domains[d]}\" stands in this table twice");
                }
            }

            hosts.Add(Translate(host, mirrors, level, place.Item(i), context));
        }

        return hosts.ToConfigList();
    }

    private static VirtualHostConfig Translate(
        VirtualHost host, ConfigList<MirrorPolicyConfig> tableMirrors, RouteLevel level, Place place, TranslationContext context)
    {
        var mirrors = MirrorTranslator.Translate(host.RequestMirrorPolicies, level, place.Field("request_mirror_policies"), context);
        mirrors = mirrors.Count > 0 ? mirrors : tableMirrors;
        var routes = new List<RouteConfig>(host.Routes.Count);
        var retries = RetryTranslator.Translate(host.RetryPolicy, place.Field("retry_policy"), context);
        var all = place.Field("routes");
        for (var i = 0; i < host.Routes.Count; i++)
        {
            if (One(host.Routes[i], all.Item(i)) is { } route)
            {
                routes.Add(route);
            }
        }

        return new VirtualHostConfig
        {
            Name = host.Name,
            Domains = host.Domains.ToConfigList(),
            Routes = routes.ToConfigList(),
            Edits = HeaderEditsTranslator.Translate(
                host.RequestHeadersToAdd, host.RequestHeadersToRemove, host.ResponseHeadersToAdd, host.ResponseHeadersToRemove, place, context),
            Matcher = host.Matcher is null ? null : RouteActions.TranslateMatcher(host.Matcher, One, place.Field("matcher"), context),
            VirtualClusters = VirtualClusters(host, place.Field("virtual_clusters"), context),
            RequireTls = (TlsRequirement)host.RequireTls,
            PerFilter = CorsPolicies.Add(host.Cors, PerFilterTranslator.Translate(host.TypedPerFilterConfig, place, context), place, context),
            IncludeRequestAttemptCount = host.IncludeRequestAttemptCount,
            IncludeAttemptCountInResponse = host.IncludeAttemptCountInResponse,
            IncludeIsTimeoutRetryHeader = host.IncludeIsTimeoutRetryHeader,
            Metadata = MetadataTranslator.Translate(host.Metadata),
        };

        RouteConfig? One(Route route, Place at) => RouteTranslator.Translate(route, level, at, context) is { } translated
            ? MirrorTranslator.Inherit(RetryTranslator.Inherit(translated, route.Route_, host, retries), mirrors)
            : null;
    }

    private static ConfigList<VirtualClusterConfig> VirtualClusters(VirtualHost host, Place place, TranslationContext context) =>
        host.VirtualClusters.Select((cluster, i) => new VirtualClusterConfig(cluster.Name)
        {
            Headers = cluster.Headers
                .Select((h, j) => RouteMatchTranslator.Header(h, place.Item(i).Field("headers").Item(j), context)).ToConfigList(),
        }).ToConfigList();
}
