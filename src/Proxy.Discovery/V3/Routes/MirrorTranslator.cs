using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using RequestMirrorPolicy = Envoy.Config.Route.V3.RouteAction.Types.RequestMirrorPolicy;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates where copies of requests go. Whether the copy is traced does not matter: nothing is.</summary>
internal static class MirrorTranslator
{
    public static ConfigList<MirrorPolicyConfig> Translate(
        RepeatedField<RequestMirrorPolicy> policies, RouteLevel level, Place place, TranslationContext context) =>
        policies.Select((policy, i) => Translate(policy, level, place.Item(i), context)).ToConfigList();

    /// <summary>A route without policies has those of its virtual host.</summary>
    public static RouteConfig Inherit(RouteConfig route, ConfigList<MirrorPolicyConfig> mirrors) =>
        route.Action is ForwardActionConfig { Mirrors.Count: 0 } forward && mirrors.Count > 0 ? route with { Action = forward with { Mirrors = mirrors } } : route;

    private static MirrorPolicyConfig Translate(RequestMirrorPolicy policy, RouteLevel level, Place place, TranslationContext context)
    {
        if (policy.Cluster.Length > 0 == policy.ClusterHeader.Length > 0)
        {
            context.Fault(place, "needs exactly one of cluster and cluster_header");
        }
        else if (policy.Cluster.Length > 0)
        {
            level.CheckCluster(policy.Cluster, place.Field("cluster"), context);
        }

        return new MirrorPolicyConfig
        {
            Cluster = policy.Cluster.Length > 0 ? policy.Cluster : null,
            ClusterHeader = policy.ClusterHeader.Length > 0 ? policy.ClusterHeader : null,
            Fraction = MatcherTranslator.Translate(policy.RuntimeFraction),
            KeepsHost = policy.DisableShadowHostSuffixAppend,
            HostRewrite = policy.HostRewriteLiteral.Length > 0 ? policy.HostRewriteLiteral : null,
            Mutations = HeaderMutationsTranslator.Translate(policy.RequestHeadersMutations, place.Field("request_headers_mutations"), context),
        };
    }
}
