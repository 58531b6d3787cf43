using Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates the path template of a rewrite.</summary>
internal sealed class UriTemplateRewriteTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

    public override string Supported => "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        new PathTemplateRewrite(UriTemplateRewriteConfig.Parser.Read(message).PathTemplateRewrite);
}

/// <summary>The text of the path template of a rewrite.</summary>
internal sealed record PathTemplateRewrite(string Text);
