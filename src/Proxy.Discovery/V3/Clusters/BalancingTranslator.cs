using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Proxy.Configuration.Clusters;
using LoadBalancingPolicy = Proxy.Configuration.Clusters.LoadBalancingPolicy;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Translates how a cluster picks hosts: by <c>lb_policy</c> or by the policy extensions.</summary>
internal static class BalancingTranslator
{
    private const string Prefix = "envoy.extensions.load_balancing_policies.";

    public static (LoadBalancingPolicy Policy, LeastRequestConfig LeastRequest) Translate(Cluster cluster, Place place, TranslationContext context)
    {
        if (cluster.LoadBalancingPolicy is { } policies)
        {
            return FromPolicies(policies, place.Field("load_balancing_policy"), context);
        }

        if (cluster.LbPolicy == Cluster.Types.LbPolicy.LoadBalancingPolicyConfig)
        {
            context.Fault(place.Field("lb_policy"), "LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy");
        }

        var settings = cluster.LeastRequestLbConfig;
        return (PolicyOf(cluster.LbPolicy), LeastRequest(settings?.ChoiceCount, settings?.ActiveRequestBias));
    }

    private static LoadBalancingPolicy PolicyOf(Cluster.Types.LbPolicy policy) => policy switch
    {
        Cluster.Types.LbPolicy.LeastRequest => LoadBalancingPolicy.LeastRequest,
        Cluster.Types.LbPolicy.Random => LoadBalancingPolicy.Random,
        _ => LoadBalancingPolicy.RoundRobin,
    };

    // A list so that a newer policy can come first: the first one known is taken.
    private static (LoadBalancingPolicy Policy, LeastRequestConfig LeastRequest) FromPolicies(
        Envoy.Config.Cluster.V3.LoadBalancingPolicy policies, Place place, TranslationContext context)
    {
        foreach (var any in policies.Policies.Select(p => p.TypedExtensionConfig?.TypedConfig).OfType<Google.Protobuf.WellKnownTypes.Any>())
        {
            switch (any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..])
            {
                case Prefix + "round_robin.v3.RoundRobin":
                    return (LoadBalancingPolicy.RoundRobin, new LeastRequestConfig());
                case Prefix + "random.v3.Random":
                    return (LoadBalancingPolicy.Random, new LeastRequestConfig());
                case Prefix + "least_request.v3.LeastRequest":
                    var settings = Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3.LeastRequest.Parser.Read(any.Value);
                    return (LoadBalancingPolicy.LeastRequest, LeastRequest(settings.ChoiceCount, settings.ActiveRequestBias));
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

        return (LoadBalancingPolicy.RoundRobin, new LeastRequestConfig());
    }

    private static LeastRequestConfig LeastRequest(uint? choices, RuntimeDouble? bias) =>
        new(choices.ToIntOrNull() ?? 2, bias?.DefaultValue ?? 1.0);
}
