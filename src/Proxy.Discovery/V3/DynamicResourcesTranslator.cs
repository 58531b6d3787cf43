using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.Xds.Grpc;
using BootstrapMessage = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Proxy.Discovery.V3;

/// <summary>Translates what of a bootstrap says where resources come from while the proxy runs.</summary>
internal static class DynamicResourcesTranslator
{
    public const string Supported =
        """
        envoy.config.bootstrap.v3.Bootstrap.DynamicResources: cds_config cds_resources_locator lds_config lds_resources_locator ads_config
        xds.core.v3.Authority: *
        """;

    public static DynamicResourcesConfig Translate(BootstrapMessage bootstrap, ConfigList<RuntimeLayerConfig> layers, TranslationContext context)
    {
        var failover = FailoverFeatures.Of(layers);
        var authorities = new AuthorityTranslator(failover, context);
        var sources = Place.Root.Field("config_sources");
        var named = bootstrap.ConfigSources.Select((source, i) => authorities.Translate(source, sources.Item(i))).OfType<AuthorityConfig>().ToConfigList();
        var other = bootstrap.DefaultConfigSource is { } source ? authorities.Translate(source, Place.Root.Field("default_config_source"), isDefault: true) : null;
        if ((named.Count > 0 || other is not null) && !layers.IsOn(AuthorityStreams.Feature))
        {
            context.Warn(
                named.Count > 0 ? sources : Place.Root.Field("default_config_source"), $"has no effect until the runtime feature {AuthorityStreams.Feature} is on");
        }

        return Translate(bootstrap.DynamicResources ?? new BootstrapMessage.Types.DynamicResources(), failover, Place.Root.Field("dynamic_resources"), context) with
        {
            Authorities = named,
            DefaultAuthority = other,
        };
    }

    private static DynamicResourcesConfig Translate(
        BootstrapMessage.Types.DynamicResources resources, FailoverFeatures failover, Place place, TranslationContext context) => new()
    {
        Aggregated = resources.AdsConfig is { } ads ? Aggregated(ads, failover, place.Field("ads_config"), context) : null,
        Clusters = new CollectionTranslator(resources.CdsResourcesLocator, resources.CdsConfig, context)
        {
            LocatorPlace = place.Field("cds_resources_locator"),
            SourcePlace = place.Field("cds_config"),
            TypeName = "envoy.config.cluster.v3.Cluster",
        }.Translate(),
        Listeners = new CollectionTranslator(resources.LdsResourcesLocator, resources.LdsConfig, context)
        {
            LocatorPlace = place.Field("lds_resources_locator"),
            SourcePlace = place.Field("lds_config"),
            TypeName = "envoy.config.listener.v3.Listener",
            KnowsVersion = false,
            CanBeFile = true,
        }.Translate(),
    };

    private static ControlPlaneConfig? Aggregated(ApiConfigSource source, FailoverFeatures failover, Place place, TranslationContext context)
    {
        if (source.ApiType == ApiConfigSource.Types.ApiType.Rest)
        {
            context.Fault(place.Field("api_type"), "REST cannot carry all kinds in one stream", "GRPC and DELTA_GRPC can");
            return null;
        }

        return ConfigSourceTranslator.ControlPlane(source, place, context, maxServices: failover.MaxServices) is { } plane
            ? plane with { ReturnsToPrimary = failover.ReturnsToPrimary }
            : null;
    }
}
