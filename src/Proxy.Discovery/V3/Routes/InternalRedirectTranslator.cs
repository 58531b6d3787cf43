using Envoy.Config.Route.V3;
using Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates which redirects of an upstream are followed.</summary>
internal static class InternalRedirectTranslator
{
    public static InternalRedirectConfig? Translate(InternalRedirectPolicy? policy, Place place, TranslationContext context)
    {
        return policy is null ? null : new InternalRedirectConfig
        {
            MaxRedirects = policy.MaxInternalRedirects ?? 1,
            StatusCodes = policy.RedirectResponseCodes.Count == 0 ? [302] : policy.RedirectResponseCodes.Select(static code => code.ToInt()).ToConfigList(),
            Predicates = Predicates(policy, place.Field("predicates"), context),
            AllowCrossScheme = policy.AllowCrossSchemeRedirect,
            ResponseHeadersToCopy = policy.ResponseHeadersToCopy.ToConfigList(),
        };
    }

    /// <summary>Two fields that came before the policy.</summary>
    public static InternalRedirectConfig? TranslateOld(RouteAction action) =>
        action.InternalRedirectAction is RouteAction.Types.InternalRedirectAction.HandleInternalRedirect
            ? new InternalRedirectConfig { MaxRedirects = action.MaxInternalRedirects ?? 1 }
            : null;

    private static ConfigList<InternalRedirectPredicateConfig> Predicates(InternalRedirectPolicy policy, Place place, TranslationContext context)
    {
        return policy.Predicates
            .Select((predicate, i) => context.Extensions.Translate(predicate.TypedConfig, place.Item(i).Field("typed_config"), context))
            .OfType<InternalRedirectPredicateConfig>()
            .ToConfigList();
    }
}

/// <summary>Redirects are not followed twice from one route to another.</summary>
internal sealed class PreviousRoutesTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig";

    public override string Supported => "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new PreviousRoutesPredicateConfig();
}

/// <summary>Redirects are followed to some routes only.</summary>
internal sealed class AllowListedRoutesTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig";

    public override string Supported => "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new AllowListedRoutesPredicateConfig(AllowListedRoutesConfig.Parser.Read(message).AllowedRouteNames.ToConfigList());
}

/// <summary>Redirects are not followed from http to https.</summary>
internal sealed class SafeCrossSchemeTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig";

    public override string Supported => "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new SafeCrossSchemePredicateConfig();
}
