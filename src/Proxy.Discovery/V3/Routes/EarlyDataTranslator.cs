using Google.Protobuf;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Which requests may come as early data. No listener takes early data, so that whatever is said here holds already.</summary>
internal sealed class EarlyDataTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.early_data.v3.DefaultEarlyDataPolicy";

    public override string Supported => "envoy.extensions.early_data.v3.DefaultEarlyDataPolicy: *";

    public override object? Translate(ByteString message, Place place, TranslationContext context) => null;
}
