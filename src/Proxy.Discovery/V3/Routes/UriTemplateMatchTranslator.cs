using Envoy.Extensions.Path.Match.UriTemplate.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the path template of a match: its text.</summary>
internal sealed class UriTemplateMatchTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

    public override string Supported => "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        UriTemplateMatchConfig.Parser.Read(message).PathTemplate;
}
