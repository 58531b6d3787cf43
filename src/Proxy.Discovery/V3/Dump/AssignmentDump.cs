using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Proxy.Clusters;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.Dump;

/// <summary>The hosts of a cluster as they are now, in the words of an assignment.</summary>
internal static class AssignmentDump
{
    /// <summary>Of one cluster. On main.</summary>
    public static ClusterLoadAssignment Of(ClusterState cluster)
    {
        var service = cluster.Config.EndpointDiscovery?.ServiceName ?? "";
        var assignment = new ClusterLoadAssignment { ClusterName = service.Length > 0 ? service : cluster.Config.Name };
        for (var priority = 0; priority < cluster.Hosts.Priorities.Length; priority++)
        {
            foreach (var place in cluster.Hosts.Priorities[priority].All.GroupBy(static entry => entry.Host.Locality))
            {
                var group = new LocalityLbEndpoints { Priority = (uint)priority };
                if (place.Key != LocalityConfig.None)
                {
                    group.Locality = new Locality { Region = place.Key.Region, Zone = place.Key.Zone, SubZone = place.Key.SubZone };
                }

                group.LbEndpoints.AddRange(place.Select(Endpoint));
                assignment.Endpoints.Add(group);
            }
        }

        return assignment;
    }

    private static LbEndpoint Endpoint(HostEntry entry) => new()
    {
        Endpoint = new Endpoint { Address = AddressOf(entry.Host.EndPoint), Hostname = entry.Host.Hostname },
        HealthStatus = entry.IsHealthy ? HealthStatus.Healthy : (HealthStatus)entry.Health,
        LoadBalancingWeight = entry.Weight,
    };

    private static Address AddressOf(EndPoint endPoint) => endPoint is IPEndPoint ip
        ? new Address { SocketAddress = new Envoy.Config.Core.V3.SocketAddress { Address = ip.Address.ToString(), PortValue = (uint)ip.Port } }
        : new Address { Pipe = new Pipe { Path = endPoint.ToString() ?? "" } };
}
