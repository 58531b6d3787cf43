namespace Proxy.Resources;

/// <summary>What can come from elsewhere while the proxy runs.</summary>
public enum ResourceKind
{
    /// <summary><see cref="Configuration.Clusters.ClusterConfig"/></summary>
    Cluster,

    /// <summary><see cref="Configuration.Clusters.EndpointAssignmentConfig"/>, by the name of the cluster or of its service.</summary>
    Endpoints,

    /// <summary><see cref="Configuration.Listeners.ListenerConfig"/></summary>
    Listener,

    /// <summary><see cref="Configuration.Http.RouteTableConfig"/></summary>
    Routes,

    /// <summary>Runtime values: a <see cref="Configuration.ConfigList{T}"/> of <see cref="Configuration.RuntimeValue"/>, by the name of the layer.</summary>
    Runtime,

    /// <summary><see cref="Configuration.Tls.TlsSecretConfig"/></summary>
    Secret,

    /// <summary>The configuration of a filter: <see cref="Extensions.ExtensionConfig"/>.</summary>
    Extension,

    /// <summary><see cref="Configuration.Http.RouteScopeConfig"/></summary>
    RouteScope,

    /// <summary><see cref="Configuration.Http.VirtualHostConfig"/></summary>
    VirtualHost,
}
