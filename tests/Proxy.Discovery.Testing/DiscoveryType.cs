namespace Proxy.Discovery.Testing;

/// <summary>A type of resource and where it is asked for.</summary>
/// <param name="Message">Full name of its message.</param>
/// <param name="Service">Its gRPC service.</param>
/// <param name="Method">What the service's methods are about.</param>
/// <param name="Path">Last part of its REST path, and the name of its file.</param>
internal sealed record DiscoveryType(string Message, string Service, string Method, string Path)
{
    public static readonly IReadOnlyList<DiscoveryType> All =
    [
        new("envoy.config.listener.v3.Listener", "envoy.service.listener.v3.ListenerDiscoveryService", "Listeners", "listeners"),
        new("envoy.config.route.v3.RouteConfiguration", "envoy.service.route.v3.RouteDiscoveryService", "Routes", "routes"),
        new("envoy.config.route.v3.ScopedRouteConfiguration", "envoy.service.route.v3.ScopedRoutesDiscoveryService", "ScopedRoutes", "scoped-routes"),
        new("envoy.config.route.v3.VirtualHost", "envoy.service.route.v3.VirtualHostDiscoveryService", "VirtualHosts", "virtual-hosts"),
        new("envoy.config.cluster.v3.Cluster", "envoy.service.cluster.v3.ClusterDiscoveryService", "Clusters", "clusters"),
        new("envoy.config.endpoint.v3.ClusterLoadAssignment", "envoy.service.endpoint.v3.EndpointDiscoveryService", "Endpoints", "endpoints"),
        new("envoy.extensions.transport_sockets.tls.v3.Secret", "envoy.service.secret.v3.SecretDiscoveryService", "Secrets", "secrets"),
        new("envoy.service.runtime.v3.Runtime", "envoy.service.runtime.v3.RuntimeDiscoveryService", "Runtime", "runtime"),
        new("envoy.config.core.v3.TypedExtensionConfig", "envoy.service.extension.v3.ExtensionConfigDiscoveryService", "ExtensionConfigs", "extension_configs"),
    ];

    /// <summary>Of these an answer always has all that the client knows, so that what is missing is gone.</summary>
    public static bool IsWhole(string type) => type is "envoy.config.listener.v3.Listener" or "envoy.config.cluster.v3.Cluster";
}
