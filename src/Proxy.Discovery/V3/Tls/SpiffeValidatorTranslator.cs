using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Discovery.V3.Tls;

/// <summary>Checks of certificates by trust domain.</summary>
internal sealed class SpiffeValidatorTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";

    public override string Supported =>
        """
        envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig: trust_domains
        envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.TrustDomain: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = SPIFFECertValidatorConfig.Parser.Read(message);
        var domains = new List<SpiffeTrustDomainConfig>(config.TrustDomains.Count);
        for (var i = 0; i < config.TrustDomains.Count; i++)
        {
            var at = place.Field("trust_domains").Item(i).Field("trust_bundle");
            if (config.TrustDomains[i].TrustBundle is null)
            {
                context.Fault(at, "required");
            }
            else if (CommonTlsTranslator.Bytes(config.TrustDomains[i].TrustBundle, at, context) is { } bundle)
            {
                domains.Add(new SpiffeTrustDomainConfig(config.TrustDomains[i].Name, bundle));
            }
        }

        return new SpiffeValidationConfig(domains.ToConfigList());
    }
}
