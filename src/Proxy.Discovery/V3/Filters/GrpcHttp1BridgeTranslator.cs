using Envoy.Extensions.Filters.Http.GrpcHttp1Bridge.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The HTTP filter that lets clients of HTTP/1.1 make unary gRPC calls.</summary>
internal sealed class GrpcHttp1BridgeTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config";

    public override string Supported => "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = Config.Parser.Read(message);
        return new GrpcHttp1BridgeConfig { UpgradeProtobuf = config.UpgradeProtobufToGrpc, IgnoreQueryParameters = config.IgnoreQueryParameters };
    }
}
