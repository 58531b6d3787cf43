using Envoy.Config.Listener.V3;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Discovery.V3.Filters;
using Predicate = Envoy.Config.Listener.V3.ListenerFilterChainMatchPredicate;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates the listener filters of a listener.</summary>
internal static class ListenerFiltersTranslator
{
    public const string Supported =
        """
        envoy.config.listener.v3.ListenerFilter: name typed_config config_discovery filter_disabled
        envoy.config.listener.v3.ListenerFilterChainMatchPredicate: *
        envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet: *
        envoy.type.v3.Int32Range: *
        """;

    public static ConfigList<FilterConfig> Translate(Listener listener, Place place, TranslationContext context)
    {
        var filters = new List<FilterConfig>();
        for (var i = 0; i < listener.ListenerFilters.Count; i++)
        {
            var filter = listener.ListenerFilters[i];
            object? config = filter.ConfigDiscovery is { } discovery
                ? DiscoveredFilterTranslator.Translate(discovery, place.Item(i).Field("config_discovery"), context)
                : context.Extensions.Translate(filter.TypedConfig, place.Item(i).Field("typed_config"), context);
            if (config is not null)
            {
                filters.Add(new FilterConfig(filter.Name, config) { DisabledFor = Predicate(filter.FilterDisabled) });
            }
        }

        // The old form of the filter: Envoy asks the first chain for all, and lets it come behind the others.
        if (listener.FilterChains is [{ UseProxyProto: true }, ..])
        {
            filters.Add(new FilterConfig("envoy.filters.listener.proxy_protocol", new ProxyProtocolConfig()));
        }

        return filters.ToConfigList();
    }

    private static ConnectionPredicateConfig? Predicate(Predicate? predicate) => predicate?.RuleCase switch
    {
        null or ListenerFilterChainMatchPredicate.RuleOneofCase.None => null,
        ListenerFilterChainMatchPredicate.RuleOneofCase.AndMatch => new AllConnectionPredicatesConfig(Predicates(predicate.AndMatch)),
        ListenerFilterChainMatchPredicate.RuleOneofCase.OrMatch => new AnyConnectionPredicateConfig(Predicates(predicate.OrMatch)),
        ListenerFilterChainMatchPredicate.RuleOneofCase.NotMatch when Predicate(predicate.NotMatch) is { } other => new NotConnectionPredicateConfig(other),
        ListenerFilterChainMatchPredicate.RuleOneofCase.DestinationPortRange =>
            new DestinationPortsConfig(predicate.DestinationPortRange.Start, predicate.DestinationPortRange.End),
        _ => new EveryConnectionConfig(),
    };

    private static ConfigList<ConnectionPredicateConfig> Predicates(Predicate.Types.MatchSet set) =>
        set.Rules.Select(Predicate).OfType<ConnectionPredicateConfig>().ToConfigList();
}
