using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using HashPolicy = Envoy.Config.Route.V3.RouteAction.Types.HashPolicy;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates what of a request is hashed, for routes and for the policies of clusters.</summary>
internal static class HashPolicyTranslator
{
    public static ConfigList<HashPolicyConfig> Translate(RepeatedField<HashPolicy> policies) =>
        policies.Select(Translate).OfType<HashPolicyConfig>().ToConfigList();

    // A policy that asks for no property of the connection hashes nothing.
    private static HashPolicyConfig? Translate(HashPolicy policy)
    {
        HashPolicyConfig? config = policy.PolicySpecifierCase switch
        {
            HashPolicy.PolicySpecifierOneofCase.Header => new HeaderHashConfig(
                policy.Header.HeaderName, MatcherTranslator.Translate(policy.Header.RegexRewrite)),
            HashPolicy.PolicySpecifierOneofCase.Cookie => Cookie(policy.Cookie),
            HashPolicy.PolicySpecifierOneofCase.ConnectionProperties when policy.ConnectionProperties.SourceIp => new SourceIpHashConfig(),
            HashPolicy.PolicySpecifierOneofCase.QueryParameter => new QueryParameterHashConfig(policy.QueryParameter.Name),
            HashPolicy.PolicySpecifierOneofCase.FilterState => new FilterStateHashConfig(policy.FilterState.Key),
            _ => null,
        };
        return config is null ? null : config with { Terminal = policy.Terminal };
    }

    private static CookieHashConfig Cookie(HashPolicy.Types.Cookie cookie) => new(cookie.Name)
    {
        Ttl = cookie.Ttl.ToTimeSpanOrNull(),
        Path = cookie.Path,
        Attributes = cookie.Attributes.Select(static attribute => new CookieAttributeConfig(attribute.Name, attribute.Value)).ToConfigList(),
    };
}
