using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Dump;

/// <summary>The hosts of a cluster as they are now, in the words of an assignment.</summary>
internal static class AssignmentDump
{
    /// <summary>Of one cluster. On main.</summary>
    public static ClusterLoadAssignment Of(ClusterState cluster)
    {
        var service = cluster.Config.EndpointDiscovery?.ServiceName ?? "";
        var assignment = new ClusterLoadAssignment
        {
            ClusterName = service.Length > 0 ? service : cluster.Config.Name,
            Policy = new ClusterLoadAssignment.Types.Policy { OverprovisioningFactor = 140 },
        };
        foreach (var priority in cluster.Hosts.Priorities)
        {
            assignment.Endpoints.AddRange(priority.All.GroupBy(static entry => entry.Host.Locality).OrderBy(static place => place.Key.Region, StringComparer.Ordinal)
                .ThenBy(static place => place.Key.Zone, StringComparer.Ordinal).ThenBy(static place => place.Key.SubZone, StringComparer.Ordinal)
                .Select(place => Place(place.Key, [.. place], cluster.Config.Hashing.WeighsLocalities)));
        }

        return assignment;
    }

    private static LocalityLbEndpoints Place(LocalityConfig locality, HostEntry[] entries, bool isWeighted) => new()
    {
        Locality = new Locality { Region = locality.Region, Zone = locality.Zone, SubZone = locality.SubZone },
        LbEndpoints = { entries.Select(Endpoint) },
        LoadBalancingWeight = isWeighted ? entries[0].Host.Place.Weight : null,
        Priority = (uint)entries[0].Host.Priority,
    };

    private static LbEndpoint Endpoint(HostEntry entry)
    {
        var host = entry.Host;
        return new LbEndpoint
        {
            Endpoint = new Endpoint
            {
                Address = AddressOf(host.EndPoint),
                Hostname = host.Hostname,
                HealthCheckConfig = new Endpoint.Types.HealthCheckConfig { Hostname = host.HealthCheck?.Hostname ?? "", PortValue = (uint)(host.HealthCheck?.Port ?? 0) },
            },
            HealthStatus = entry.IsHealthy ? HealthStatus.Healthy : entry.IsDegraded ? HealthStatus.Degraded : HealthStatus.Unhealthy,
            LoadBalancingWeight = entry.Weight,
            Metadata = host.Config.Metadata.Count == 0 ? null : MetadataTranslator.ToMessage(host.Config.Metadata),
        };
    }

    private static Address AddressOf(EndPoint endPoint) => endPoint is IPEndPoint ip
        ? new Address { SocketAddress = new Envoy.Config.Core.V3.SocketAddress { Address = ip.Address.ToString(), PortValue = (uint)ip.Port } }
        : new Address { Pipe = new Pipe { Path = endPoint.ToString() ?? "" } };
}
