using Envoy.Config.Metrics.V3;
using Proxy.Configuration;

namespace Proxy.Discovery.V3;

/// <summary>Translates how stats are shown.</summary>
internal static class StatsTranslator
{
    public const string Supported =
        """
        envoy.config.metrics.v3.StatsConfig: stats_tags use_all_default_tags
        envoy.config.metrics.v3.TagSpecifier: *
        """;

    public static Configuration.StatsConfig Translate(Envoy.Config.Bootstrap.V3.Bootstrap bootstrap, TranslationContext context)
    {
        var stats = bootstrap.StatsConfig;
        var place = Place.Root.Field("stats_config").Field("stats_tags");
        return new Configuration.StatsConfig
        {
            Tags = (stats?.StatsTags ?? []).Select((t, i) => Tag(t, place.Item(i), context)).ToConfigList(),
            UseAllDefaultTags = stats?.UseAllDefaultTags ?? true,
            FlushOnAdmin = bootstrap.HasStatsFlushOnAdmin && bootstrap.StatsFlushOnAdmin,
        };
    }

    private static StatTagConfig Tag(TagSpecifier tag, Place place, TranslationContext context)
    {
        if (!tag.HasFixedValue && (!tag.HasRegex || tag.Regex.Length == 0))
        {
            context.Fault(place, "needs a regex or a fixed_value");
        }

        return new StatTagConfig(tag.TagName, tag.HasRegex ? tag.Regex : null, tag.HasFixedValue ? tag.FixedValue : null);
    }
}
