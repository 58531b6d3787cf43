using Envoy.Extensions.Http.EarlyHeaderMutation.HeaderMutation.V3;
using Google.Protobuf;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Changes of request heads in front of everything else.</summary>
internal sealed class EarlyHeaderMutationTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation";

    public override string Supported => "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        HeaderMutationsTranslator.Translate(HeaderMutation.Parser.Read(message).Mutations, place.Field("mutations"), context);
}
