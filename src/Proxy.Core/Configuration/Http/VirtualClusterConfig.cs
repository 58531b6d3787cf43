namespace Proxy.Configuration.Http;

/// <summary>Requests that are counted together under <c>vhost.HOST.vcluster.NAME.</c> (Envoy <c>route.v3.VirtualCluster</c>).</summary>
/// <param name="Name">Name in stats and logs.</param>
public sealed record VirtualClusterConfig(string Name)
{
    /// <summary>Conditions on headers; at least one, and all must hold.</summary>
    public ConfigList<HeaderMatcherConfig> Headers { get; init; } = [];
}
