using Envoy.Extensions.Http.OriginalIpDetection.CustomHeader.V3;
using Google.Protobuf;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The client by a header of its own.</summary>
internal sealed class CustomHeaderTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig";

    public override string Supported =>
        """
        envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig: *
        envoy.type.v3.HttpStatus: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = CustomHeaderConfig.Parser.Read(message);
        return new HeaderAddressConfig(config.HeaderName)
        {
            IsTrusted = config.AllowExtensionToSetAddressAsTrusted,
            RejectStatus = config.RejectWithStatus is { } status ? (int)status.Code : null,
        };
    }
}
