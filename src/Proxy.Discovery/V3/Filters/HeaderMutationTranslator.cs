using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that changes heads, trailers and queries.</summary>
internal sealed class HeaderMutationTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";

    public override string Supported =>
        """
        envoy.extensions.filters.http.header_mutation.v3.HeaderMutation: *
        envoy.extensions.filters.http.header_mutation.v3.Mutations: *
        envoy.config.core.v3.KeyValueMutation: *
        envoy.config.core.v3.KeyValueAppend: record action
        envoy.config.core.v3.KeyValuePair: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = HeaderMutation.Parser.Read(message);
        return new HeaderMutationFilterConfig(MutationSetTranslator.Translate(config.Mutations, place.Field("mutations"), context))
        {
            MostSpecificWins = config.MostSpecificHeaderMutationsWins,
        };
    }
}
