using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Service.Runtime.V3;
using Proxy.Discovery.V3;
using Proxy.Discovery.V3.Clusters;
using Proxy.Discovery.V3.Listeners;
using Proxy.Discovery.V3.Routes;
using Proxy.Discovery.V3.Tls;
using Proxy.Resources;
using Proxy.Resources.Extensions;

namespace Proxy.Discovery.Xds;

/// <summary>All kinds of resources.</summary>
internal static class ResourceTypes
{
    public const string Supported =
        """
        envoy.service.discovery.v3.DiscoveryResponse: *
        envoy.service.discovery.v3.Resource: *
        envoy.config.core.v3.ControlPlane: *
        envoy.service.runtime.v3.Runtime: *
        envoy.config.listener.v3.ListenerCollection: *
        xds.core.v3.CollectionEntry: inline_entry
        xds.core.v3.CollectionEntry.InlineEntry: *
        """;

    private static readonly ResourceType[] All =
    [
        new(ResourceKind.Cluster, "envoy.config.cluster.v3.Cluster", "envoy.service.cluster.v3.ClusterDiscoveryService", "Clusters", "clusters", static (bytes, context, place) =>
        {
            var cluster = Cluster.Parser.Read(bytes);
            return new TranslatedResource(cluster.Name, cluster, ClusterTranslator.Translate(cluster, place, context));
        }),
        new(ResourceKind.Endpoints, "envoy.config.endpoint.v3.ClusterLoadAssignment", "envoy.service.endpoint.v3.EndpointDiscoveryService", "Endpoints", "endpoints", static (bytes, context, place) =>
        {
            var assignment = ClusterLoadAssignment.Parser.Read(bytes);
            return new TranslatedResource(assignment.ClusterName, assignment, EndpointTranslator.Translate(assignment, place, context));
        }),
        new(ResourceKind.Listener, "envoy.config.listener.v3.Listener", "envoy.service.listener.v3.ListenerDiscoveryService", "Listeners", "listeners", static (bytes, context, place) =>
        {
            var listener = Listener.Parser.Read(bytes);
            var config = ListenerTranslator.Translate(listener, place, context);
            return new TranslatedResource(config?.Name ?? listener.Name, listener, config);
        }),
        new(ResourceKind.Routes, "envoy.config.route.v3.RouteConfiguration", "envoy.service.route.v3.RouteDiscoveryService", "Routes", "routes", static (bytes, context, place) =>
        {
            var table = RouteConfiguration.Parser.Read(bytes);
            return new TranslatedResource(table.Name, table, RouteTableTranslator.Translate(table, place, context, isDynamic: true));
        }),
        new(ResourceKind.VirtualHost, "envoy.config.route.v3.VirtualHost", "envoy.service.route.v3.VirtualHostDiscoveryService", "VirtualHosts", "virtual-hosts", static (bytes, context, place) =>
        {
            var host = VirtualHost.Parser.Read(bytes);
            return new TranslatedResource(host.Name, host, RouteTableTranslator.TranslateHost(host, place, context));
        }),
        new(ResourceKind.RouteScope, "envoy.config.route.v3.ScopedRouteConfiguration", "envoy.service.route.v3.ScopedRoutesDiscoveryService", "ScopedRoutes", "scoped-routes", static (bytes, context, place) =>
        {
            var scope = ScopedRouteConfiguration.Parser.Read(bytes);
            return new TranslatedResource(scope.Name, scope, ScopedRoutesTranslator.Scope(scope, place, context));
        }),
        new(ResourceKind.Secret, "envoy.extensions.transport_sockets.tls.v3.Secret", "envoy.service.secret.v3.SecretDiscoveryService", "Secrets", "secrets", static (bytes, context, place) =>
        {
            var secret = Secret.Parser.Read(bytes);
            var config = SecretTranslator.Translate(secret, place, context);
            if (config is null)
            {
                context.Fault(place, "has no certificate, no validation context and no ticket keys that can be used");
            }

            return new TranslatedResource(secret.Name, secret, config);
        }),
        new(ResourceKind.Extension, "envoy.config.core.v3.TypedExtensionConfig", "envoy.service.extension.v3.ExtensionConfigDiscoveryService", "ExtensionConfigs", "extension_configs", static (bytes, context, place) =>
        {
            var extension = TypedExtensionConfig.Parser.Read(bytes);
            var at = place.Field("typed_config");
            var config = context.Extensions.Find(extension.TypedConfig, at, context) is { } translator
                && translator.Translate(extension.TypedConfig.Value, at, context) is { } record ? new ExtensionConfig(translator.TypeName, record) : null;
            return new TranslatedResource(extension.Name, extension, config);
        }),
        new(ResourceKind.Runtime, "envoy.service.runtime.v3.Runtime", "envoy.service.runtime.v3.RuntimeDiscoveryService", "Runtime", "runtime", static (bytes, context, place) =>
        {
            var runtime = Runtime.Parser.Read(bytes);
            return new TranslatedResource(runtime.Name, runtime, RuntimeTranslator.Flatten(runtime.Layer, place.Field("layer"), context));
        }),
    ];

    private static readonly Dictionary<ResourceKind, ResourceType> ByKind = All.ToDictionary(static type => type.Kind);

    /// <summary>The type of a kind.</summary>
    public static ResourceType Of(ResourceKind kind) => ByKind[kind];

    /// <summary>The type of that URL; null for one that is not known.</summary>
    public static ResourceType? Find(string url)
    {
        var name = url[(url.LastIndexOf('/') + 1)..];
        return Array.Find(All, type => type.MessageName == name);
    }
}
