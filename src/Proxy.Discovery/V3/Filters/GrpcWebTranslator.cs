using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that lets browsers call gRPC services.</summary>
internal sealed class GrpcWebTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.grpc_web.v3.GrpcWeb";

    public override string Supported => "envoy.extensions.filters.http.grpc_web.v3.GrpcWeb: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new GrpcWebConfig();
}
