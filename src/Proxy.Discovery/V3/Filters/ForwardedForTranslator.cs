using Envoy.Extensions.Http.OriginalIpDetection.Xff.V3;
using Google.Protobuf;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The client by <c>x-forwarded-for</c>.</summary>
internal sealed class ForwardedForTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig";

    public override string Supported =>
        """
        envoy.extensions.http.original_ip_detection.xff.v3.XffConfig: *
        envoy.extensions.http.original_ip_detection.xff.v3.XffTrustedCidrs: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = XffConfig.Parser.Read(message);
        if (config.XffNumTrustedHops > 0 && config.XffTrustedCidrs is not null)
        {
            context.Fault(place, "only one of xff_num_trusted_hops and xff_trusted_cidrs may be set");
        }

        return new ForwardedForConfig
        {
            TrustedHops = config.XffNumTrustedHops.ToInt(),
            TrustedProxies = CidrTranslator.Translate(config.XffTrustedCidrs?.Cidrs ?? [], place.Field("xff_trusted_cidrs").Field("cidrs"), context),
            SkipAppend = config.SkipXffAppend ?? true,
        };
    }
}
