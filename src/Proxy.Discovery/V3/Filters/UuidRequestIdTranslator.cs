using Envoy.Extensions.RequestId.Uuid.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Request ids that are UUIDs: whether they say if the request is traced. That they may decide it matters to tracing only.</summary>
internal sealed class UuidRequestIdTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig";

    public override string Supported => "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) =>
        UuidRequestIdConfig.Parser.Read(message).PackTraceReason ?? true;
}
