using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the configuration of HTTP filters at a level of a route table.</summary>
internal static class PerFilterTranslator
{
    private const string Wrapper = "/envoy.config.route.v3.FilterConfig";

    public static ConfigList<PerFilterConfig> Translate(MapField<string, Any> filters, Place place, TranslationContext context)
    {
        if (filters.Count == 0)
        {
            return [];
        }

        var translated = new List<PerFilterConfig>(filters.Count);
        foreach (var (name, any) in filters)
        {
            var at = place.Field("typed_per_filter_config").Key(name);
            var isWrapper = any.TypeUrl.EndsWith(Wrapper, StringComparison.Ordinal);
            if ((isWrapper ? Unwrap(name, any, at, context) : Translate(name, any, false, at, context)) is { } config)
            {
                translated.Add(config);
            }
        }

        return translated.ToConfigList();
    }

    private static PerFilterConfig? Unwrap(string name, Any any, Place place, TranslationContext context)
    {
        var wrapper = Envoy.Config.Route.V3.FilterConfig.Parser.Read(any.Value);
        if (wrapper.IsOptional && wrapper.Config is not null && !context.Extensions.Knows(wrapper.Config))
        {
            return wrapper.Disabled ? new PerFilterConfig(name, null, Disabled: true) : null;
        }

        if (wrapper.Config is not null)
        {
            return Translate(name, wrapper.Config, wrapper.Disabled, place.Field("config"), context);
        }

        if (!wrapper.Disabled)
        {
            context.Fault(place, "needs config or disabled: true");
        }

        return new PerFilterConfig(name, null, wrapper.Disabled);
    }

    private static PerFilterConfig? Translate(string name, Any any, bool disabled, Place place, TranslationContext context)
    {
        var config = context.Extensions.Find(any, place, context)?.TranslateForRoute(any.Value, place, context);
        return config is null ? null : new PerFilterConfig(name, config, disabled);
    }
}
