using Envoy.Config.Route.V3;
using Envoy.Extensions.Router.ClusterSpecifiers.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Matching;

namespace Proxy.Discovery.V3.Routes;

/// <summary>The plugins of a table that pick clusters, by name.</summary>
internal sealed class ClusterSpecifiers
{
    private readonly Dictionary<string, object?> _byName = new(StringComparer.Ordinal);

    public ClusterSpecifiers(RouteConfiguration table, Place place, TranslationContext context)
    {
        for (var i = 0; i < table.ClusterSpecifierPlugins.Count; i++)
        {
            var plugin = table.ClusterSpecifierPlugins[i];
            if (!_byName.TryAdd(plugin.Extension.Name, Translate(plugin, place.Item(i), context)))
            {
                context.Fault(place.Item(i).Field("extension").Field("name"), $"another plugin is named {plugin.Extension.Name}");
            }
        }
    }

    /// <summary>The plugin that an action names or holds; null without any, or with a fault in the list.</summary>
    public object? Of(RouteAction action, Place place, TranslationContext context)
    {
        if (action.InlineClusterSpecifierPlugin is { } inline)
        {
            return Translate(inline, place.Field("inline_cluster_specifier_plugin"), context);
        }

        if (!action.HasClusterSpecifierPlugin)
        {
            return null;
        }

        if (!_byName.TryGetValue(action.ClusterSpecifierPlugin, out var known))
        {
            context.Fault(place.Field("cluster_specifier_plugin"), $"there is no plugin {action.ClusterSpecifierPlugin}", "cluster_specifier_plugins of the route configuration");
        }

        return known;
    }

    private static object? Translate(ClusterSpecifierPlugin plugin, Place place, TranslationContext context) =>
        context.Extensions.Translate(plugin.Extension?.TypedConfig, place.Field("extension").Field("typed_config"), context);
}

/// <summary>The plugin that picks clusters by a matcher.</summary>
internal sealed class MatcherClusterSpecifierTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier";

    public override string Supported =>
        """
        envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier: *
        envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction: *
        envoy.config.route.v3.ClusterSpecifierPlugin: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var matcher = MatcherClusterSpecifier.Parser.Read(message).ClusterMatcher;
        return new MatcherClusterSpecifierConfig(matcher is null
            ? new MatcherConfig()
            : new MatcherTreeTranslator((action, at) => Action(action, at, context), context).Translate(matcher, place.Field("cluster_matcher")));
    }

    private static ClusterChoiceConfig? Action(Any action, Place place, TranslationContext context)
    {
        if (action.Is(ClusterAction.Descriptor))
        {
            return new ClusterChoiceConfig(ClusterAction.Parser.Read(action.Value).Cluster);
        }

        context.Fault(place, "must be a ClusterAction");
        return null;
    }
}
