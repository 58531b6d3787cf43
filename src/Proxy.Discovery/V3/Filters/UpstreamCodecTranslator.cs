using Google.Protobuf;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The end of a chain in front of an upstream.</summary>
internal sealed class UpstreamCodecTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";

    public override string Supported => "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec: *";

    public override bool IsTerminal => true;

    public override object Translate(ByteString message, Place place, TranslationContext context) => new Codec();

    /// <summary>Marks the end; nothing is to be set.</summary>
    internal sealed record Codec;
}
