namespace Proxy.Resources;

/// <summary>What can come from elsewhere while the proxy runs.</summary>
internal enum ResourceKind
{
    /// <summary><see cref="Configuration.Clusters.ClusterConfig"/></summary>
    Cluster,

    /// <summary><see cref="Configuration.Clusters.EndpointAssignmentConfig"/></summary>
    Endpoints,

    /// <summary><see cref="Configuration.Listeners.ListenerConfig"/></summary>
    Listener,

    /// <summary><see cref="Configuration.Http.RouteTableConfig"/></summary>
    Routes,

    /// <summary>Runtime values: a list of <see cref="Configuration.RuntimeValue"/>.</summary>
    Runtime,

    /// <summary><see cref="Configuration.Tls.TlsSecretConfig"/></summary>
    Secret,

    /// <summary>The configuration of a filter: <see cref="Extensions.ExtensionConfig"/>.</summary>
    Extension,
}
