using Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the path template of a rewrite: its text.</summary>
internal sealed class UriTemplateRewriteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

    public override string Supported => "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        UriTemplateRewriteConfig.Parser.Read(message).PathTemplateRewrite;
}
