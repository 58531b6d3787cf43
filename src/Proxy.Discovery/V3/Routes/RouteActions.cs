using Envoy.Config.Route.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Matching;
using Xds.Type.Matcher.V3;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates what a virtual host's matcher leads to: a route or a list of routes.</summary>
internal static class RouteActions
{
    public static MatcherConfig TranslateMatcher(Matcher matcher, Func<Route, Place, RouteConfig?> translate, Place place, TranslationContext context) =>
        new MatcherTreeTranslator((action, at) => Translate(action, translate, at, context), context).Translate(matcher, place);

    private static object? Translate(Any action, Func<Route, Place, RouteConfig?> translate, Place place, TranslationContext context)
    {
        if (action.Is(Route.Descriptor))
        {
            return translate(Route.Parser.Read(action.Value), place);
        }

        if (action.Is(RouteList.Descriptor))
        {
            var routes = RouteList.Parser.Read(action.Value).Routes;
            return new RouteListConfig(routes.Select((route, i) => translate(route, place.Field("routes").Item(i))).OfType<RouteConfig>().ToConfigList());
        }

        context.Fault(place, "must be a Route or a RouteList");
        return null;
    }
}
