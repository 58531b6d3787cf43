using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the filters of a listener: one chain, or one for each route of a <c>tcp_proxy</c> with several.</summary>
internal static class FilterChains
{
    /// <summary>The v3 chains.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="context">Where faults go.</param>
    /// <param name="others">The chain of connections that none of them takes; null for none.</param>
    public static ConfigNode Translate(ConfigNode listener, V1Context context, out ConfigNode? others)
    {
        others = null;
        var filters = listener.Get("filters")!;
        var proxy = filters.Items.Find(static filter => filter.TextOf("name") == "tcp_proxy")?.Get("config")?.Get("route_config");
        if (proxy?.Get("routes") is not { } routes)
        {
            return ConfigNode.List(filters.Position, [Chain(listener, null, null, context)]);
        }

        // Routes after the first that takes everything are never reached.
        var matches = routes.Items.TakeWhile(TcpRoutes.HasCriteria).ToList();
        others = routes.Items.Skip(matches.Count).FirstOrDefault() is { } rest ? Chain(listener, rest, null, context) : null;
        if (matches.Count == 0)
        {
            var only = others ?? Chain(listener, null, null, context);
            others = null;
            return ConfigNode.List(filters.Position, [only]);
        }

        TcpRoutes.CheckOrder(matches, context);
        var chains = matches.SelectMany(route => TcpRoutes.Matches(route, context).Select(match => Chain(listener, route, match, context)));
        return ConfigNode.List(filters.Position, [.. chains]);
    }

    private static ConfigNode Chain(ConfigNode listener, ConfigNode? tcpRoute, V3Map? match, V1Context context) => V3Map.At(listener.Get("filters")!)
        .With("filter_chain_match", match)
        .With("filters", listener.ItemsOf("filters").Select(filter => NetworkFilters.Translate(filter, tcpRoute, context)?.ToNode()))
        .With("transport_socket", listener.Get("ssl_context") is { } tls ? Tls.Downstream(tls, context) : null)
        .ToNode();
}
