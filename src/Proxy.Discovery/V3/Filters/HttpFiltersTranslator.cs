using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using HttpFilter = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpFilter;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Translates chains of HTTP filters.</summary>
internal static class HttpFiltersTranslator
{
    /// <summary>A chain whose last filter is the router or another one that answers.</summary>
    public static ConfigList<FilterConfig> Translate(RepeatedField<HttpFilter> filters, Place place, TranslationContext context)
    {
        return Translate(filters, place, context, isUpstream: false);
    }

    /// <summary>A chain in front of an upstream. The codec at its end has no record: the upstream always stands there.</summary>
    public static ConfigList<FilterConfig> Upstream(RepeatedField<HttpFilter> filters, Place place, TranslationContext context)
    {
        var chain = Translate(filters, place, context, isUpstream: true);
        return chain.Where(static filter => filter.Config is not UpstreamCodecTranslator.Codec).ToConfigList();
    }

    private static ConfigList<FilterConfig> Translate(RepeatedField<HttpFilter> filters, Place place, TranslationContext context, bool isUpstream)
    {
        var translated = new List<FilterConfig>();
        var last = filters.Count - 1;
        for (var i = 0; i <= last; i++)
        {
            var filter = filters[i];
            if (filter.ConfigDiscovery is { } discovery)
            {
                if (Discovered(discovery, place.Item(i).Field("config_discovery"), context, isUpstream) is { } discovered)
                {
                    translated.Add(new FilterConfig(filter.Name, discovered) { Disabled = filter.Disabled });
                }

                continue;
            }

            var at = place.Item(i).Field("typed_config");
            if ((filter.IsOptional && filter.TypedConfig is null) || context.Extensions.Find(filter.TypedConfig, at, context) is not { } translator)
            {
                continue;
            }

            if (translator.IsTerminal != (i == last))
            {
                context.Fault(
                    place.Item(i),
                    translator.IsTerminal ? "must be the last HTTP filter" : "cannot be the last HTTP filter",
                    $"the last one is the {(isUpstream ? "upstream_codec" : "router")}");
            }

            if (translator.Translate(filter.TypedConfig!.Value, at, context) is { } config)
            {
                translated.Add(new FilterConfig(filter.Name, config) { Disabled = filter.Disabled });
            }
        }

        return translated.ToConfigList();
    }

    private static DiscoveredFilterConfig? Discovered(ExtensionConfigSource discovery, Place place, TranslationContext context, bool isUpstream)
    {
        if (isUpstream)
        {
            context.Unsupported(place, "config_discovery in front of an upstream is not supported yet");
            return null;
        }

        return DiscoveredFilterTranslator.Translate(discovery, place, context);
    }
}
