using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;

namespace Proxy.Resources;

/// <summary>What the application's own sources may bring.</summary>
internal static class CustomResource
{
    /// <summary>Why this cannot be the resource of that name; null when it can.</summary>
    public static string? Check(ResourceKind kind, string name, object config) => (kind, config) switch
    {
        (ResourceKind.Cluster, ClusterConfig cluster) => CheckName(name, cluster.Name),
        (ResourceKind.Listener, ListenerConfig listener) => CheckName(name, listener.Name),
        (ResourceKind.Routes, RouteTableConfig routes) => CheckName(name, routes.Name),
        (ResourceKind.Secret, TlsSecretConfig secret) => CheckName(name, secret.Name),
        (ResourceKind.Endpoints, EndpointAssignmentConfig assignment) => CheckName(name, assignment.Name),
        (ResourceKind.RouteScope, RouteScopeConfig scope) => CheckName(name, scope.Name),
        (ResourceKind.VirtualHost, VirtualHostConfig) => null,
        (ResourceKind.Runtime, ConfigList<RuntimeValue>) => null,
        _ => $"cannot be {config.GetType().Name}",
    };

    private static string? CheckName(string name, string own) => name == own ? null : $"is called '{own}' inside";
}
