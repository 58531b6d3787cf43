using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>What finding the hosts of a cluster needs. On main.</summary>
internal sealed record DiscoveryContext(ClusterConfig Config, Worker Main, int Workers, StatShard Stats, IDnsResolver Resolver)
{
    public Host CreateHost(EndPoint endPoint, EndpointConfig config, string hostname, LocalityEndpointsConfig place)
    {
        return new Host(endPoint, hostname, place.Locality, Workers) { Priority = place.Priority, Metadata = MetadataTree.CompileOrThrow(config.Metadata) };
    }
}
