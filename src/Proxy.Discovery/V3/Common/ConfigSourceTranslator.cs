using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V1;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates where resources come from.</summary>
internal static class ConfigSourceTranslator
{
    public const string Supported =
        """
        envoy.config.core.v3.ConfigSource: authorities path path_config_source api_config_source ads initial_fetch_timeout resource_api_version
        envoy.config.core.v3.AggregatedConfigSource: *
        envoy.config.core.v3.PathConfigSource: *
        envoy.config.core.v3.WatchedDirectory: *
        envoy.config.core.v3.ApiConfigSource: api_type=REST|GRPC|DELTA_GRPC|AGGREGATED_GRPC|AGGREGATED_DELTA_GRPC transport_api_version cluster_names grpc_services refresh_delay request_timeout rate_limit_settings set_node_on_first_message_only
        envoy.config.core.v3.RateLimitSettings: *
        envoy.config.core.v3.GrpcService: envoy_grpc google_grpc timeout initial_metadata
        envoy.config.core.v3.GrpcService.EnvoyGrpc: cluster_name authority retry_policy skip_envoy_headers
        envoy.config.core.v3.RetryPolicy: retry_back_off
        envoy.config.core.v3.BackoffStrategy: *
        """;

    private static readonly TimeSpan DefaultFetchTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The source, or null with a fault in the list when there is none.</summary>
    /// <remarks>As in Envoy, the source of listeners may leave out protocol and version: both are then the usual ones, gRPC and V3.</remarks>
    public static ConfigSourceConfig? Translate(ConfigSource? source, Place place, TranslationContext context, bool knowsVersion = true)
    {
        ConfigSourceConfig? config = source?.ConfigSourceSpecifierCase switch
        {
            ConfigSource.ConfigSourceSpecifierOneofCase.Ads => Aggregated(place, context),
            ConfigSource.ConfigSourceSpecifierOneofCase.Path => File(source.Path, null, place.Field("path"), context),
            ConfigSource.ConfigSourceSpecifierOneofCase.PathConfigSource => File(
                source.PathConfigSource.Path, source.PathConfigSource.WatchedDirectory?.Path, place.Field("path_config_source").Field("path"), context),
            ConfigSource.ConfigSourceSpecifierOneofCase.ApiConfigSource => Api(source.ApiConfigSource, place.Field("api_config_source"), context, knowsVersion),
            _ => null,
        };
        if (source is not null && !context.HasNode && config is not V1RestSourceConfig)
        {
            context.Fault(place, "needs to know this node", "set node.id and node.cluster, or --service-node and --service-cluster");
        }

        if (source?.Authorities.Count > 0)
        {
            context.Unsupported(place.Field("authorities"), "authorities are served by the bootstrap's config_sources alone");
        }

        if (source is not null && source.ConfigSourceSpecifierCase == ConfigSource.ConfigSourceSpecifierOneofCase.None)
        {
            context.Fault(place, "required", "one of ads, path_config_source and api_config_source");
        }

        return config is null ? null : config with { InitialFetchTimeout = FetchTimeout(source!) };
    }

    /// <summary>Time to wait for a first answer.</summary>
    public static TimeSpan FetchTimeout(ConfigSource source) => source.InitialFetchTimeout.Or(DefaultFetchTimeout);

    /// <summary>How a control plane is reached, or null with a fault in the list.</summary>
    public static ControlPlaneConfig? ControlPlane(
        ApiConfigSource source, Place place, TranslationContext context, bool knowsVersion = true, int maxServices = 1, bool isOfAuthorities = false)
    {
        var isRest = source.ApiType == ApiConfigSource.Types.ApiType.Rest;
        if (isOfAuthorities != (source.ApiType is ApiConfigSource.Types.ApiType.AggregatedGrpc or ApiConfigSource.Types.ApiType.AggregatedDeltaGrpc))
        {
            context.Fault(
                place.Field("api_type"),
                isOfAuthorities ? "a source of authorities is of type AGGREGATED_GRPC or AGGREGATED_DELTA_GRPC" : "aggregated types are those of config_sources",
                isOfAuthorities ? null : "ads: {} asks over the stream for all kinds");
            return null;
        }

        if (knowsVersion && source.ApiType == ApiConfigSource.Types.ApiType.DeprecatedAndUnavailableDoNotUse)
        {
            context.Fault(place.Field("api_type"), "required", "one of REST, GRPC and DELTA_GRPC");
            return null;
        }

        if (knowsVersion && source.TransportApiVersion == ApiVersion.V2)
        {
            context.Fault(place.Field("transport_api_version"), "V2 is no longer spoken", "V3 is");
        }

        if (isRest
            ? source.ClusterNames.Count != 1 || source.GrpcServices.Count > 0
            : source.GrpcServices.Count == 0 || source.GrpcServices.Count > maxServices || source.ClusterNames.Count > 0)
        {
            context.Fault(
                place.Field(isRest ? "cluster_names" : "grpc_services"),
                isRest ? "REST takes one cluster name and no gRPC service" : $"gRPC takes {(maxServices == 1 ? "one service" : "one or two services")} and no cluster name");
            return null;
        }

        if (isRest && source.RefreshDelay is null)
        {
            context.Fault(place.Field("refresh_delay"), "required for REST");
        }

        return new ControlPlaneConfig
        {
            Protocol = source.ApiType switch
            {
                ApiConfigSource.Types.ApiType.Rest => ControlPlaneProtocol.Rest,
                ApiConfigSource.Types.ApiType.DeltaGrpc or ApiConfigSource.Types.ApiType.AggregatedDeltaGrpc => ControlPlaneProtocol.DeltaGrpc,
                _ => ControlPlaneProtocol.Grpc,
            },
            Targets = isRest
                ? source.ClusterNames.Select((name, i) => Known(new ControlPlaneTargetConfig(name), place.Field("cluster_names").Item(i), context)).ToConfigList()
                : Targets(source.GrpcServices, place.Field("grpc_services"), context),
            RefreshDelay = source.RefreshDelay.Or(TimeSpan.Zero),
            RequestTimeout = source.RequestTimeout.Or(TimeSpan.FromSeconds(1)),
            RateLimit = source.RateLimitSettings is { } limit ? new RequestRateConfig(limit.MaxTokens ?? 100, limit.FillRate ?? 10) : null,
            NodeOnFirstMessageOnly = source.SetNodeOnFirstMessageOnly,
        };
    }

    private static AggregatedSourceConfig? Aggregated(Place place, TranslationContext context)
    {
        if (!context.HasAggregatedSource)
        {
            context.Fault(place.Field("ads"), "there is no dynamic_resources.ads_config");
            return null;
        }

        return new AggregatedSourceConfig();
    }

    private static ConfigSourceConfig? File(string path, string? watched, Place place, TranslationContext context)
    {
        if (SourceAddress.IsOne(path))
        {
            return V1Service(path, place, context);
        }

        if (!context.FileExists(path))
        {
            context.Fault(place, $"the file {path} does not exist");
            return null;
        }

        return new FileSourceConfig(path) { WatchedDirectory = watched };
    }

    private static V1RestSourceConfig? V1Service(string text, Place place, TranslationContext context)
    {
        if (SourceAddress.TryParse(text) is not { } address)
        {
            context.Fault(place, "is no address of a discovery service", "such as v1+rest://cluster/routes?refresh_delay=30s");
            return null;
        }

        if (!context.HasNode && address.Api != SourceApi.Registration)
        {
            context.Fault(place, "setting --service-cluster and --service-node is required");
        }

        if (context.ChecksClusters && !context.PrimaryClusters.Contains(address.Cluster))
        {
            context.Fault(place, $"unknown cluster '{address.Cluster}': a discovery service is reached through a static cluster that is not of type sds");
        }

        return new V1RestSourceConfig(address.Cluster, address.RefreshDelay) { Hosts = address.Hosts };
    }

    private static ControlPlaneSourceConfig? Api(ApiConfigSource source, Place place, TranslationContext context, bool knowsVersion) =>
        ControlPlane(source, place, context, knowsVersion) is { } plane ? new ControlPlaneSourceConfig(plane) : null;

    private static ConfigList<ControlPlaneTargetConfig> Targets(RepeatedField<GrpcService> services, Place place, TranslationContext context)
    {
        return services.Select((service, i) =>
        {
            if (service.GoogleGrpc is { } google)
            {
                return GoogleGrpcTranslator.Translate(google, MetadataOf(service), place.Item(i).Field("google_grpc"), context);
            }

            var back = service.EnvoyGrpc?.RetryPolicy?.RetryBackOff;
            var first = back?.BaseInterval.ToTimeSpanOrNull() ?? TimeSpan.FromMilliseconds(500);
            var target = new ControlPlaneTargetConfig(service.EnvoyGrpc?.ClusterName ?? "")
            {
                Authority = service.EnvoyGrpc?.Authority ?? "",
                Metadata = MetadataOf(service),
                RetryBase = first,
                RetryMax = back?.MaxInterval.ToTimeSpanOrNull() ?? (back is null ? TimeSpan.FromSeconds(30) : 10 * first),
            };
            return Known(target, place.Item(i).Field("envoy_grpc").Field("cluster_name"), context);
        }).ToConfigList();
    }

    private static ConfigList<System.Collections.Generic.KeyValuePair<string, string>> MetadataOf(GrpcService service) =>
        service.InitialMetadata.Select(static header => System.Collections.Generic.KeyValuePair.Create(header.Key, header.Value)).ToConfigList();

    private static ControlPlaneTargetConfig Known(ControlPlaneTargetConfig target, Place place, TranslationContext context)
    {
        if (context.ChecksClusters && !context.PrimaryClusters.Contains(target.Cluster))
        {
            context.Fault(place, $"there is no static cluster {target.Cluster} whose hosts come from elsewhere than a control plane");
        }

        return target;
    }
}
