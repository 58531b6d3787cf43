using Google.Protobuf;
using Proxy.Configuration.Filters;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that admits requests or not.</summary>
internal sealed class RbacTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.rbac.v3.RBAC";

    public override string Supported => $"envoy.extensions.filters.http.rbac.v3.RBAC: *\n{RbacRules.Supported}";

    public static RbacConfig Translate(HttpRbac.RBAC config, Place place, TranslationContext context) => new()
    {
        Enforced = RbacRules.Translate(config.Rules, config.Matcher, "", config.RulesStatPrefix, place, context),
        Shadow = RbacRules.Translate(config.ShadowRules, config.ShadowMatcher, "shadow_", config.ShadowRulesStatPrefix, place, context),
        CountsPolicies = config.TrackPerRuleStats,
    };

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        Translate(HttpRbac.RBAC.Parser.Read(message), place, context);
}

/// <summary>What routes say about that filter.</summary>
internal sealed class RbacPerRouteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.rbac.v3.RBACPerRoute";

    public override string Supported => "envoy.extensions.filters.http.rbac.v3.RBACPerRoute: *";

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = HttpRbac.RBACPerRoute.Parser.Read(message);
        return new RbacRouteConfig(config.Rbac is { } rbac ? RbacTranslator.Translate(rbac, place.Field("rbac"), context) : null);
    }
}

/// <summary>The network filter that admits connections or not.</summary>
internal sealed class NetworkRbacTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.rbac.v3.RBAC";

    public override string Supported => "envoy.extensions.filters.network.rbac.v3.RBAC: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = NetworkRbac.RBAC.Parser.Read(message);
        return new NetworkRbacConfig(config.StatPrefix)
        {
            Enforced = RbacRules.Translate(config.Rules, config.Matcher, "", "", place, context),
            Shadow = RbacRules.Translate(config.ShadowRules, config.ShadowMatcher, "shadow_", config.ShadowRulesStatPrefix, place, context),
            IsContinuous = config.EnforcementType == NetworkRbac.RBAC.Types.EnforcementType.Continuous,
            DelayDeny = config.DelayDeny.Or(TimeSpan.Zero),
        };
    }
}
