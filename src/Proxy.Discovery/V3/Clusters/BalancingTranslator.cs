using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration.Clusters;
using LoadBalancingPolicy = Proxy.Configuration.Clusters.LoadBalancingPolicy;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates how a cluster picks hosts: by <c>lb_policy</c> or by the policy extensions.</summary>
internal static class BalancingTranslator
{
    private const string Prefix = "envoy.extensions.load_balancing_policies.";

    /// <summary>What <paramref name="cluster"/> says, put into <paramref name="config"/>.</summary>
    public static ClusterConfig Apply(ClusterConfig config, Cluster cluster, Place place, TranslationContext context)
    {
        if (cluster.LoadBalancingPolicy is { } policies)
        {
            return FromPolicies(config, policies, place.Field("load_balancing_policy"), context);
        }

        if (cluster.LbPolicy == Cluster.Types.LbPolicy.LoadBalancingPolicyConfig)
        {
            context.Fault(place.Field("lb_policy"), "LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy");
        }

        if (cluster.LbPolicy == Cluster.Types.LbPolicy.ClusterProvided && config.Type != ClusterType.OriginalDestination)
        {
            context.Fault(place.Field("lb_policy"), "CLUSTER_PROVIDED needs a cluster type that picks hosts itself, as ORIGINAL_DST does");
        }

        var hashes = cluster.LbPolicy is Cluster.Types.LbPolicy.RingHash or Cluster.Types.LbPolicy.Maglev;
        if (cluster.CommonLbConfig?.LocalityWeightedLbConfig is not null && !hashes)
        {
            context.Unsupported(place.Field("common_lb_config").Field("locality_weighted_lb_config"), "is supported for RING_HASH and MAGLEV only yet");
        }

        var settings = cluster.LeastRequestLbConfig;
        return config with
        {
            Policy = PolicyOf(cluster.LbPolicy),
            LeastRequest = LeastRequest(settings?.ChoiceCount, settings?.ActiveRequestBias),
            Hashing = HashingTranslator.Translate(cluster, place, context),
        };
    }

    private static LoadBalancingPolicy PolicyOf(Cluster.Types.LbPolicy policy) => policy switch
    {
        Cluster.Types.LbPolicy.LeastRequest => LoadBalancingPolicy.LeastRequest,
        Cluster.Types.LbPolicy.Random => LoadBalancingPolicy.Random,
        Cluster.Types.LbPolicy.RingHash => LoadBalancingPolicy.RingHash,
        Cluster.Types.LbPolicy.Maglev => LoadBalancingPolicy.Maglev,
        _ => LoadBalancingPolicy.RoundRobin,
    };

    // A list so that a newer policy can come first: the first one known is taken.
    private static ClusterConfig FromPolicies(
        ClusterConfig config, Envoy.Config.Cluster.V3.LoadBalancingPolicy policies, Place place, TranslationContext context)
    {
        for (var i = 0; i < policies.Policies.Count; i++)
        {
            var at = place.Field("policies").Item(i).Field("typed_extension_config").Field("typed_config");
            if (policies.Policies[i].TypedExtensionConfig?.TypedConfig is { } any && FromPolicy(config, any, at, context) is { } known)
            {
                return known;
            }
        }

        if (policies.Policies.Count == 0)
        {
            context.Fault(place.Field("policies"), "needs a policy");
        }
        else
        {
            context.Unsupported(place.Field("policies"), "none of these policies is supported yet");
        }

        return config;
    }

    private static ClusterConfig? FromPolicy(ClusterConfig config, Any any, Place place, TranslationContext context)
    {
        switch (any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..])
        {
            case Prefix + "round_robin.v3.RoundRobin":
                return config with { Policy = LoadBalancingPolicy.RoundRobin };
            case Prefix + "random.v3.Random":
                return config with { Policy = LoadBalancingPolicy.Random };
            case Prefix + "least_request.v3.LeastRequest":
                var settings = Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3.LeastRequest.Parser.Read(any.Value);
                return config with { Policy = LoadBalancingPolicy.LeastRequest, LeastRequest = LeastRequest(settings.ChoiceCount, settings.ActiveRequestBias) with { ComparesAll = settings.EnableFullScan ?? false } };
            case Prefix + "ring_hash.v3.RingHash":
                var ring = Envoy.Extensions.LoadBalancingPolicies.RingHash.V3.RingHash.Parser.Read(any.Value);
                return config with { Policy = LoadBalancingPolicy.RingHash, Hashing = HashingTranslator.Translate(ring, place, context) };
            case Prefix + "maglev.v3.Maglev":
                var maglev = Envoy.Extensions.LoadBalancingPolicies.Maglev.V3.Maglev.Parser.Read(any.Value);
                return config with { Policy = LoadBalancingPolicy.Maglev, Hashing = HashingTranslator.Translate(maglev, place, context) };
            default:
                return null;
        }
    }

    private static LeastRequestConfig LeastRequest(uint? choices, Envoy.Config.Core.V3.RuntimeDouble? bias) =>
        new(choices.ToIntOrNull() ?? 2, bias?.DefaultValue ?? 1.0, bias?.RuntimeKey ?? "");
}
