using Envoy.Config.Metrics.V3;
using Proxy.Configuration;
using Proxy.Stats;

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
        if (bootstrap.HasStatsFlushOnAdmin && bootstrap.StatsFlushInterval is not null)
        {
            context.Fault(Place.Root.Field("stats_flush_interval"), "only one of stats_flush_interval and stats_flush_on_admin may be set");
        }

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
        var regex = tag.HasRegex && tag.Regex.Length > 0 ? tag.Regex : null;
        if (!tag.HasFixedValue && regex is null && !StatTags.IsDefault(tag.TagName))
        {
            context.Fault(place, "needs a regex or a fixed_value, as it is none of the default tags");
        }

        return new StatTagConfig(tag.TagName, regex, tag.HasFixedValue ? tag.FixedValue : null);
    }
}
