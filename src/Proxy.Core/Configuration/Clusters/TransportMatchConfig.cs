namespace Proxy.Configuration.Clusters;

/// <summary>What connections to some hosts of a cluster are made of (Envoy <c>Cluster.TransportSocketMatch</c>).</summary>
/// <param name="Name">Name for stats.</param>
/// <param name="Labels">
/// A JSON object: hosts whose metadata has all its values in the namespace <c>envoy.transport_socket_match</c> are meant. Without values: all hosts.
/// </param>
/// <param name="Transport">What their connections are made of.</param>
public sealed record TransportMatchConfig(string Name, string Labels, UpstreamTransportConfig Transport);
