using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Filters;

/// <summary>What routes add to the filter that changes heads.</summary>
internal sealed class HeaderMutationPerRouteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";

    public override string Supported => "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute: *";

    public override bool IsPerRoute => true;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var mutations = HeaderMutationPerRoute.Parser.Read(message).Mutations;
        return new HeaderMutationRouteConfig(MutationSetTranslator.Translate(mutations, place.Field("mutations"), context));
    }
}
