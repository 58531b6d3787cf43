using Envoy.Config.Listener.V3;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Filters;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates filter chains and what they match.</summary>
internal static class FilterChainTranslator
{
    public static FilterChainConfig Translate(FilterChain chain, Place place, TranslationContext context)
    {
        return new FilterChainConfig
        {
            Name = chain.Name,
            Match = Match(chain.FilterChainMatch, place.Field("filter_chain_match"), context),
            Filters = Filters(chain, place.Field("filters"), context),
            Tls = TransportSocketTranslator.Downstream(chain.TransportSocket, place.Field("transport_socket"), context),
            TransportTimeout = chain.TransportSocketConnectTimeout.Or(TimeSpan.Zero),
            Metadata = MetadataTranslator.Translate(chain.Metadata),
        };
    }

    private static ConfigList<FilterConfig> Filters(FilterChain chain, Place place, TranslationContext context)
    {
        var filters = new List<FilterConfig>();
        var last = chain.Filters.Count - 1;
        for (var i = 0; i <= last; i++)
        {
            if (chain.Filters[i].ConfigDiscovery is { } discovery)
            {
                if (DiscoveredFilterTranslator.Translate(discovery, place.Item(i).Field("config_discovery"), context) is { } discovered)
                {
                    filters.Add(new FilterConfig(chain.Filters[i].Name, discovered));
                }

                continue;
            }

            var at = place.Item(i).Field("typed_config");
            if (context.Extensions.Find(chain.Filters[i].TypedConfig, at, context) is not { } translator)
            {
                continue;
            }

            if (translator.IsTerminal != (i == last))
            {
                context.Fault(
                    place.Item(i), translator.IsTerminal ? "must be the last filter of its chain" : "cannot be the last filter of a chain");
            }

            if (translator.Translate(chain.Filters[i].TypedConfig.Value, at, context) is { } config)
            {
                filters.Add(new FilterConfig(chain.Filters[i].Name, config));
            }
        }

        return filters.ToConfigList();
    }

    private static FilterChainMatchConfig Match(FilterChainMatch? match, Place place, TranslationContext context)
    {
        if (match is null)
        {
            return new FilterChainMatchConfig();
        }

        CheckServerNames(match, place.Field("server_names"), context);
        return new FilterChainMatchConfig
        {
            DestinationPort = match.DestinationPort.ToIntOrNull(),
            DestinationPrefixes = CidrTranslator.Translate(match.PrefixRanges, place.Field("prefix_ranges"), context),
            ServerNames = match.ServerNames.Select(n => n.ToLowerInvariant()).ToConfigList(),
            TransportProtocol = match.TransportProtocol,
            ApplicationProtocols = match.ApplicationProtocols.ToConfigList(),
            DirectSourcePrefixes = CidrTranslator.Translate(match.DirectSourcePrefixRanges, place.Field("direct_source_prefix_ranges"), context),
            SourceType = (ConnectionSourceType)match.SourceType,
            SourcePrefixes = CidrTranslator.Translate(match.SourcePrefixRanges, place.Field("source_prefix_ranges"), context),
            SourcePorts = match.SourcePorts.Select(p => (int)p).ToConfigList(),
        };
    }

    private static void CheckServerNames(FilterChainMatch match, Place place, TranslationContext context)
    {
        for (var i = 0; i < match.ServerNames.Count; i++)
        {
            var name = match.ServerNames[i];
            if (name.LastIndexOf('*') is var star && (star > 0 || (star == 0 && !name.StartsWith("*.", StringComparison.Ordinal))))
            {
                context.Fault(place.Item(i), "a wildcard must be the whole first label", "*.example.com");
            }
        }
    }
}
