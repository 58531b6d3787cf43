using Envoy.Extensions.Common.Matching.V3;
using Envoy.Extensions.Filters.Common.Matcher.Action.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Matching;
using Xds.Type.Matcher.V3;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that a matcher may leave out.</summary>
internal sealed class MatchDelegateTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.common.matching.v3.ExtensionWithMatcher";

    public override string Supported =>
        """
        envoy.extensions.common.matching.v3.ExtensionWithMatcher: xds_matcher extension_config
        envoy.extensions.filters.common.matcher.action.v3.SkipFilter: *
        """;

    public static MatcherConfig? Matcher(Matcher? matcher, Place place, TranslationContext context) => matcher is null
        ? null
        : new MatcherTreeTranslator((action, at) => Action(action, at, context), context).Translate(matcher, place.Field("xds_matcher"));

    public override object? Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = ExtensionWithMatcher.Parser.Read(message);
        var at = place.Field("extension_config").Field("typed_config");
        var matcher = Matcher(config.XdsMatcher, place, context);
        return context.Extensions.Translate(config.ExtensionConfig?.TypedConfig, at, context) is { } filter
            ? new MatchDelegateConfig(new FilterConfig(config.ExtensionConfig!.Name, filter), matcher)
            : null;
    }

    private static SkipFilterConfig? Action(Any action, Place place, TranslationContext context)
    {
        if (action.Is(SkipFilter.Descriptor))
        {
            return new SkipFilterConfig();
        }

        context.Fault(place, "must be a SkipFilter");
        return null;
    }
}

/// <summary>What routes say about that filter.</summary>
internal sealed class MatchDelegatePerRouteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute";

    public override string Supported => "envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute: *";

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new MatchDelegateRouteConfig(MatchDelegateTranslator.Matcher(ExtensionWithMatcherPerRoute.Parser.Read(message).XdsMatcher, place, context));
}
