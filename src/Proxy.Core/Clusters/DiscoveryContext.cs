using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>What finding the hosts of a cluster needs. On main.</summary>
internal sealed record DiscoveryContext(ClusterConfig Config, Worker Main, int Workers, StatShard Stats, IDnsResolver Resolver)
{
    /// <summary>Brings the hosts of clusters that have none of their own.</summary>
    public required ResourceHub Resources { get; init; }

    /// <summary>Everything counted.</summary>
    public required StatsStore Store { get; init; }

    /// <summary>What is counted of the cluster.</summary>
    public required StatScope Scope { get; init; }

    /// <summary>What is counted of every cluster.</summary>
    public required StatGroup Group { get; init; }

    public Host CreateHost(EndPoint endPoint, EndpointConfig config, string hostname, LocalityEndpointsConfig place)
    {
        return new Host(endPoint, hostname, place.Locality, Workers)
        {
            Priority = place.Priority,
            Metadata = MetadataTree.CompileOrThrow(config.Metadata),
            HealthCheck = config.HealthCheck,
        };
    }
}
