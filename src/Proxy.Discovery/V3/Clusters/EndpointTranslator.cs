using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates the hosts of a cluster.</summary>
internal static class EndpointTranslator
{
    public static ConfigList<LocalityEndpointsConfig> Translate(Cluster cluster, ClusterType type, Place place, TranslationContext context)
    {
        var groups = cluster.LoadAssignment?.Endpoints;
        if (type == ClusterType.LogicalDns && (groups is not { Count: 1 } || groups[0].LbEndpoints.Count != 1))
        {
            context.Fault(place.Field("endpoints"), "a LOGICAL_DNS cluster has exactly one endpoint");
        }

        var translated = new List<LocalityEndpointsConfig>();
        for (var i = 0; i < (groups?.Count ?? 0); i++)
        {
            translated.Add(Translate(groups![i], type, place.Field("endpoints").Item(i), context));
        }

        return translated.ToConfigList();
    }

    /// <summary>Translates what a source says of a cluster's hosts.</summary>
    public static EndpointAssignmentConfig Translate(ClusterLoadAssignment assignment, Place place, TranslationContext context)
    {
        return new EndpointAssignmentConfig(assignment.ClusterName)
        {
            Endpoints = assignment.Endpoints.Select((group, i) => Translate(group, ClusterType.Static, place.Field("endpoints").Item(i), context)).ToConfigList(),
            PriorityShare = PriorityShare(assignment.Policy),
            StaleAfter = assignment.Policy?.EndpointStaleAfter.ToTimeSpanOrNull(),
        };
    }

    /// <summary>Translates how much load priorities take.</summary>
    public static PriorityShareConfig PriorityShare(ClusterLoadAssignment.Types.Policy? policy) => policy is null
        ? PriorityShareConfig.Default
        : new PriorityShareConfig { OverprovisioningFactor = policy.OverprovisioningFactor ?? 140, CountsWeights = policy.WeightedPriorityHealth };

    private static LocalityEndpointsConfig Translate(LocalityLbEndpoints group, ClusterType type, Place place, TranslationContext context)
    {
        var endpoints = new List<EndpointConfig>(group.LbEndpoints.Count);
        for (var i = 0; i < group.LbEndpoints.Count; i++)
        {
            if (Translate(group.LbEndpoints[i], type, place.Field("lb_endpoints").Item(i), context) is { } endpoint)
            {
                endpoints.Add(endpoint);
            }
        }

        return new LocalityEndpointsConfig
        {
            Locality = LocalityTranslator.Translate(group.Locality),
            Priority = (int)group.Priority,
            Weight = group.LoadBalancingWeight,
            Metadata = MetadataTranslator.Translate(group.Metadata),
            Endpoints = endpoints.ToConfigList(),
        };
    }

    private static EndpointConfig? Translate(LbEndpoint host, ClusterType type, Place place, TranslationContext context)
    {
        var at = place.Field("endpoint").Field("address");
        var address = type == ClusterType.Static
            ? AddressTranslator.ToLiteral(host.Endpoint?.Address, at, context)
            : AddressTranslator.ToLiteralOrName(host.Endpoint?.Address, at, context);
        return address is null
            ? null
            : new EndpointConfig(address)
            {
                Hostname = host.Endpoint?.Hostname ?? "",
                Weight = host.LoadBalancingWeight ?? 1,
                HealthCheck = ActiveCheckTranslator.Translate(host.Endpoint?.HealthCheckConfig, place.Field("endpoint").Field("health_check_config"), context),
                Health = (EndpointHealth)host.HealthStatus,
                Metadata = MetadataTranslator.Translate(host.Metadata),
            };
    }
}
