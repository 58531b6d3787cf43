using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Translates a filter whose configuration comes from elsewhere.</summary>
internal static class DiscoveredFilterTranslator
{
    public const string Supported =
        """
        envoy.config.core.v3.ExtensionConfigSource: *
        """;

    /// <summary>The record, or null with a fault in the list.</summary>
    public static DiscoveredFilterConfig? Translate(ExtensionConfigSource discovery, Place place, TranslationContext context)
    {
        var names = discovery.TypeUrls.Select(NameOf).ToConfigList();
        for (var i = 0; i < names.Count; i++)
        {
            if (!context.Extensions.Knows(names[i]))
            {
                context.Unsupported(place.Field("type_urls").Item(i), $"extension {names[i]} is not supported yet");
            }
        }

        if (discovery is { ApplyDefaultConfigWithoutWarming: true, DefaultConfig: null })
        {
            context.Fault(place.Field("apply_default_config_without_warming"), "needs a default_config");
        }

        if (discovery.DefaultConfig is { } any && !names.Contains(NameOf(any.TypeUrl)))
        {
            context.Fault(place.Field("default_config"), $"is {NameOf(any.TypeUrl)} where {string.Join(" or ", names)} may stand");
        }

        var source = ConfigSourceTranslator.Translate(discovery.ConfigSource, place.Field("config_source"), context);
        var config = discovery.DefaultConfig is null ? null : context.Extensions.Translate(discovery.DefaultConfig, place.Field("default_config"), context);
        return source is null ? null : new DiscoveredFilterConfig(source, names)
        {
            Default = config,
            StartsWithDefault = discovery.ApplyDefaultConfigWithoutWarming,
        };
    }

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];
}
