using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the action that sends a request to a cluster.</summary>
/// <remarks>Tables may have a hundred thousand of them, most of which name a cluster and no more: places are made for what is there only.</remarks>
internal static class ForwardTranslator
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    public static ForwardActionConfig Translate(RouteAction action, RouteLevel level, Place place, TranslationContext context)
    {
        if (action.HasCluster && !level.HasCluster(action.Cluster, context))
        {
            level.CheckCluster(action.Cluster, place.Field("cluster"), context);
        }

        if (action.PrefixRewrite.Length > 0 && action.RegexRewrite is not null)
        {
            context.Fault(place.Field("regex_rewrite"), "only one of prefix_rewrite and regex_rewrite may be set");
        }

        if (action.PathRewrite.Length > 0 && (action.PrefixRewrite.Length > 0 || action.RegexRewrite is not null || action.PathRewritePolicy is not null))
        {
            context.Fault(place.Field("path_rewrite"), "takes no other rewrite of the path beside it");
        }

        if (action.EarlyDataPolicy is { } early)
        {
            context.Extensions.Translate(early.TypedConfig, place.Field("early_data_policy").Field("typed_config"), context);
        }

        return new ForwardActionConfig
        {
            Cluster = action.HasCluster ? action.Cluster : null,
            ClusterHeader = action.HasClusterHeader ? action.ClusterHeader : null,
            ClusterSpecifier = level.Specifiers.Of(action, place, context),
            WeightedClusters = action.WeightedClusters is { } weighted ? WeightedClusters(weighted, level, place.Field("weighted_clusters"), context) : [],
            WeightHeader = action.WeightedClusters is { HasHeaderName: true, HeaderName.Length: > 0 } named ? named.HeaderName : null,
            WeighsByHash = action.WeightedClusters?.UseHashPolicy ?? false,
            WeightRuntimePrefix = action.WeightedClusters?.RuntimeKeyPrefix ?? "",
            ClusterNotFoundStatus = NotFoundStatus(action.ClusterNotFoundResponseCode),
            PrefixRewrite = action.PrefixRewrite.Length == 0 ? null : action.PrefixRewrite,
            RegexRewrite = MatcherTranslator.Translate(action.RegexRewrite),
            PathRewriteFormat = action.PathRewrite.Length == 0 ? null : action.PathRewrite,
            HostRewriteFormat = action.HasHostRewrite && action.HostRewrite.Length > 0 ? action.HostRewrite : null,
            TemplateRewrite = action.PathRewritePolicy is { } policy
                ? (string?)context.Extensions.Translate(policy.TypedConfig, place.Field("path_rewrite_policy").Field("typed_config"), context)
                : null,
            HostRewrite = action.HasHostRewriteLiteral && action.HostRewriteLiteral.Length > 0 ? action.HostRewriteLiteral : null,
            AutoHostRewrite = action.AutoHostRewrite ?? false,
            HostRewriteHeader = action.HasHostRewriteHeader && action.HostRewriteHeader.Length > 0 ? action.HostRewriteHeader : null,
            HostRewritePathRegex = MatcherTranslator.Translate(action.HostRewritePathRegex),
            AppendForwardedHost = action.AppendXForwardedHost,
            Timeout = action.Timeout.TimeoutOr(DefaultTimeout),
            RetryPolicy = action.RetryPolicy is { } retries ? RetryTranslator.Translate(retries, place.Field("retry_policy"), context) : null,
            InternalRedirects = action.InternalRedirectPolicy is { } redirects
                ? InternalRedirectTranslator.Translate(redirects, place.Field("internal_redirect_policy"), context)
                : InternalRedirectTranslator.TranslateOld(action),
            Mirrors = action.RequestMirrorPolicies.Count > 0
                ? MirrorTranslator.Translate(action.RequestMirrorPolicies, level, place.Field("request_mirror_policies"), context)
                : [],
            HashPolicies = HashPolicyTranslator.Translate(action.HashPolicy),
            IdleTimeout = action.IdleTimeout.ToTimeSpanOrNull(),
            FlushTimeout = action.FlushTimeout.ToTimeSpanOrNull(),
            StreamDuration = StreamDuration(action.MaxStreamDuration),
            MaxGrpcTimeout = action.MaxGrpcTimeout.ToTimeSpanOrNull(),
            GrpcTimeoutOffset = action.GrpcTimeoutOffset.ToTimeSpanOrNull(),
            HedgesOnPerTryTimeout = action.HedgePolicy?.HedgeOnPerTryTimeout ?? false,
            HighPriority = action.Priority == RoutingPriority.High,
            Upgrades = action.UpgradeConfigs.Count > 0 ? Upgrades(action, place.Field("upgrade_configs"), context) : [],
        };
    }

    private static StreamDurationConfig? StreamDuration(RouteAction.Types.MaxStreamDuration? duration) => duration is null ? null : new StreamDurationConfig
    {
        Max = duration.MaxStreamDuration_.ToTimeSpanOrNull(),
        GrpcTimeoutMax = duration.GrpcTimeoutHeaderMax.ToTimeSpanOrNull(),
        GrpcTimeoutOffset = duration.GrpcTimeoutHeaderOffset.ToTimeSpanOrNull(),
    };

    private static int NotFoundStatus(RouteAction.Types.ClusterNotFoundResponseCode code) => code switch
    {
        RouteAction.Types.ClusterNotFoundResponseCode.NotFound => 404,
        RouteAction.Types.ClusterNotFoundResponseCode.InternalServerError => 500,
        _ => 503,
    };

    private static ConfigList<WeightedClusterConfig> WeightedClusters(
        WeightedCluster clusters, RouteLevel level, Place place, TranslationContext context)
    {
        var translated = new List<WeightedClusterConfig>(clusters.Clusters.Count);
        ulong sum = 0;
        for (var i = 0; i < clusters.Clusters.Count; i++)
        {
            var cluster = clusters.Clusters[i];
            sum += cluster.Weight ?? 0;
            translated.Add(Translate(cluster, level, place.Field("clusters").Item(i), context));
        }

        if (sum is 0 or > uint.MaxValue)
        {
            context.Fault(place.Field("clusters"), $"the weights add up to {sum}, which must be between 1 and {uint.MaxValue}");
        }

        return translated.ToConfigList();
    }

    private static WeightedClusterConfig Translate(
        WeightedCluster.Types.ClusterWeight cluster, RouteLevel level, Place place, TranslationContext context)
    {
        if (cluster.Name.Length > 0 == cluster.ClusterHeader.Length > 0)
        {
            context.Fault(cluster.Name.Length > 0 ? place.Field("cluster_header") : place.Field("name"), "exactly one of name and cluster_header is required");
        }
        else if (cluster.ClusterHeader.Length == 0)
        {
            level.CheckCluster(cluster.Name, place.Field("name"), context);
        }

        return new WeightedClusterConfig(cluster.Name, cluster.Weight ?? 0)
        {
            ClusterHeader = cluster.ClusterHeader.Length > 0 ? cluster.ClusterHeader : null,
            Edits = HeaderEditsTranslator.Translate(
                cluster.RequestHeadersToAdd, cluster.RequestHeadersToRemove, cluster.ResponseHeadersToAdd, cluster.ResponseHeadersToRemove, place, context),
            HostRewrite = cluster.HasHostRewriteLiteral ? cluster.HostRewriteLiteral : null,
            PerFilter = PerFilterTranslator.Translate(cluster.TypedPerFilterConfig, place, context),
        };
    }

    private static ConfigList<UpgradeConfig> Upgrades(RouteAction action, Place place, TranslationContext context)
    {
        var types = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var upgrades = new List<UpgradeConfig>(action.UpgradeConfigs.Count);
        for (var i = 0; i < action.UpgradeConfigs.Count; i++)
        {
            var upgrade = action.UpgradeConfigs[i];
            var isConnect = upgrade.UpgradeType.Equals("CONNECT", StringComparison.OrdinalIgnoreCase);
            if (!types.Add(upgrade.UpgradeType))
            {
                context.Fault(place.Item(i).Field("upgrade_type"), $"{upgrade.UpgradeType} stands here twice");
            }

            if (upgrade.ConnectConfig is not null && !isConnect)
            {
                context.Fault(place.Item(i).Field("connect_config"), "belongs to upgrade type CONNECT only");
            }

            upgrades.Add(new UpgradeConfig(upgrade.UpgradeType, upgrade.Enabled ?? true) { TerminateConnect = upgrade.ConnectConfig is not null });
        }

        return upgrades.ToConfigList();
    }
}
