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
        var translated = new List<PerFilterConfig>(filters.Count);
        foreach (var (name, any) in filters)
        {
            var at = place.Field("typed_per_filter_config").Key(name);
            if (any.TypeUrl.EndsWith(Wrapper, StringComparison.Ordinal))
            {
                var wrapper = Envoy.Config.Route.V3.FilterConfig.Parser.Read(any.Value);
                if (wrapper.Config is null && !wrapper.Disabled)
                {
                    context.Fault(at, "needs config or disabled: true");
                }

                translated.Add(new PerFilterConfig(name, null, wrapper.Disabled));
            }
            else if (context.Extensions.Find(any, at, context) is { } translator)
            {
                if (!translator.IsPerRoute)
                {
                    context.Fault(at, $"{translator.TypeName} is nothing that a route can set");
                }
                else if (translator.Translate(any.Value, at, context) is { } config)
                {
                    translated.Add(new PerFilterConfig(name, config));
                }
            }
        }

        return translated.ToConfigList();
    }
}
