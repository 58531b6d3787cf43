using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using Extractor = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.ScopedRoutes.Types.ScopeKeyBuilder.Types.FragmentBuilder.Types.HeaderValueExtractor;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the scopes of a connection manager's route tables.</summary>
internal static class ScopedRoutesTranslator
{
    public const string Supported =
        """
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList: *
        envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds: scoped_rds_config_source
        envoy.config.route.v3.ScopedRouteConfiguration: *
        envoy.config.route.v3.ScopedRouteConfiguration.Key: *
        envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment: *
        """;

    public static ScopedRoutesConfig Translate(ScopedRoutes routes, Place place, TranslationContext context)
    {
        var tables = routes.RdsConfigSource is null ? null : ConfigSourceTranslator.Translate(routes.RdsConfigSource, place.Field("rds_config_source"), context);
        var list = place.Field("scoped_route_configurations_list").Field("scoped_route_configurations");
        var scopes = (routes.ScopedRouteConfigurationsList?.ScopedRouteConfigurations ?? []).Select((scope, i) => Scope(scope, list.Item(i), context)).OfType<RouteScopeConfig>().ToConfigList();
        if (routes.RdsConfigSource is null && scopes.Any(static scope => scope.Table is null))
        {
            context.Fault(place.Field("rds_config_source"), "required where scopes name their tables");
        }

        return new ScopedRoutesConfig
        {
            Name = routes.Name,
            Key = (routes.ScopeKeyBuilder?.Fragments ?? []).Select(static fragment => Part(fragment.HeaderValueExtractor ?? new Extractor())).ToConfigList(),
            Tables = tables,
            Scopes = scopes,
            Source = routes.ScopedRds is { } dynamic
                ? ConfigSourceTranslator.Translate(dynamic.ScopedRdsConfigSource, place.Field("scoped_rds").Field("scoped_rds_config_source"), context)
                : null,
        };
    }

    /// <summary>The record of a scope, or null with a fault in the list.</summary>
    public static RouteScopeConfig? Scope(ScopedRouteConfiguration scope, Place place, TranslationContext context)
    {
        if ((scope.RouteConfigurationName.Length == 0) == (scope.RouteConfiguration is null))
        {
            context.Fault(place, "needs one of route_configuration_name and route_configuration");
            return null;
        }

        ResourceNames.Check(scope.RouteConfigurationName, place.Field("route_configuration_name"), context);
        return new RouteScopeConfig
        {
            Name = scope.Name,
            Key = (scope.Key?.Fragments ?? []).Select(static fragment => fragment.StringKey).ToConfigList(),
            Table = scope.RouteConfiguration is { } table ? RouteTableTranslator.Translate(table, place.Field("route_configuration"), context, isDynamic: true) : null,
            TableName = scope.RouteConfigurationName,
            OnDemand = scope.OnDemand,
        };
    }

    private static ScopeKeyPartConfig Part(Extractor extractor) => new(extractor.Name)
    {
        ElementSeparator = extractor.ElementSeparator,
        Index = extractor.Index.ToInt(),
        ElementKey = extractor.Element?.Key,
        KeySeparator = extractor.Element?.Separator ?? "=",
    };
}
