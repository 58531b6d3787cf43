using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Clusters.Transports;
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

    /// <summary>What connections to the hosts are made of.</summary>
    public required UpstreamSockets Sockets { get; init; }

    /// <summary>The hosts that the cluster has, and those of the one that it takes the place of.</summary>
    public required Func<KnownHosts> KnownHosts { get; init; }

    public Host CreateHost(EndPoint endPoint, EndpointConfig config, string hostname, LocalityEndpointsConfig place)
    {
        var metadata = MetadataTree.CompileOrThrow(config.Metadata);
        var placeMetadata = MetadataTree.CompileOrThrow(place.Metadata);
        return new Host(endPoint, hostname, config, place, Workers)
        {
            Metadata = metadata,
            Socket = Sockets.Choose(Main, metadata?.GetValueOrDefault(UpstreamSockets.Namespace), placeMetadata?.GetValueOrDefault(UpstreamSockets.Namespace)),
        };
    }
}
