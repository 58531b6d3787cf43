using Google.Protobuf;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>The transport socket of plain bytes, which is what a connection is without one.</summary>
internal sealed class RawBufferTranslator : ExtensionTranslator
{
    private static readonly object Nothing = new();

    public override string TypeName => "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    public override string Supported => "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => Nothing;
}
