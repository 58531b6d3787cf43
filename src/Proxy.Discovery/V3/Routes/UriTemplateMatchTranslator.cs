using Envoy.Extensions.Path.Match.UriTemplate.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the path template of a match.</summary>
internal sealed class UriTemplateMatchTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

    public override string Supported => "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new PathTemplate(UriTemplateMatchConfig.Parser.Read(message).PathTemplate);
}

/// <summary>The text of the path template of a match.</summary>
internal sealed record PathTemplate(string Text);
