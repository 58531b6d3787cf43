using Envoy.Extensions.Filters.Http.OnDemand.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that lets requests wait for what they need.</summary>
internal sealed class OnDemandTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.on_demand.v3.OnDemand";

    public override string Supported =>
        """
        envoy.extensions.filters.http.on_demand.v3.OnDemand: *
        envoy.extensions.filters.http.on_demand.v3.OnDemandCds: source timeout
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context) => Of(OnDemand.Parser.Read(message).Odcds, place.Field("odcds"), context);

    /// <summary>The record.</summary>
    public static OnDemandConfig Of(OnDemandCds? clusters, Place place, TranslationContext context)
    {
        if (clusters is null)
        {
            return new OnDemandConfig();
        }

        if (clusters.Source is null)
        {
            context.Fault(place.Field("source"), "required");
        }

        return new OnDemandConfig
        {
            Clusters = ConfigSourceTranslator.Translate(clusters.Source, place.Field("source"), context),
            ClusterTimeout = clusters.Timeout.Or(TimeSpan.FromSeconds(5)),
        };
    }
}

/// <summary>What a route says to it.</summary>
internal sealed class OnDemandPerRouteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.on_demand.v3.PerRouteConfig";

    public override string Supported => "envoy.extensions.filters.http.on_demand.v3.PerRouteConfig: *";

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        OnDemandTranslator.Of(PerRouteConfig.Parser.Read(message).Odcds, place.Field("odcds"), context);
}
