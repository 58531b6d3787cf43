using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates the control planes that serve resources by the authority of their names.</summary>
internal sealed class AuthorityTranslator(FailoverFeatures failover, TranslationContext context)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The record, or null with a fault in the list.</summary>
    /// <param name="source">The source.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="isDefault">It serves the authorities that no other one does, and need not name any.</param>
    public AuthorityConfig? Translate(ConfigSource source, Place place, bool isDefault = false)
    {
        var names = source.Authorities.Select(static authority => authority.Name).ToConfigList();
        CheckNames(names, place.Field("authorities"), isDefault);
        if (source.ApiConfigSource is not { } api)
        {
            context.Fault(place, "a source of authorities is an api_config_source");
            return null;
        }

        if (!context.HasNode)
        {
            context.Fault(place, "needs to know this node", "set node.id and node.cluster, or --service-node and --service-cluster");
        }

        return ConfigSourceTranslator.ControlPlane(api, place.Field("api_config_source"), context, maxServices: failover.MaxServices, isOfAuthorities: true) is { } plane
            ? new AuthorityConfig(names, plane with { ReturnsToPrimary = failover.ReturnsToPrimary })
            {
                InitialFetchTimeout = ConfigSourceTranslator.FetchTimeout(source),
            }
            : null;
    }

    // The default's own names lead nowhere else than to it.
    private void CheckNames(ConfigList<string> names, Place place, bool isDefault)
    {
        if (names.Count == 0 && !isDefault)
        {
            context.Fault(place, "required: which authorities it serves");
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (!_known.Add(names[i]))
            {
                context.Fault(place.Item(i).Field("name"), $"authority {names[i]} is served already");
            }
        }
    }
}
