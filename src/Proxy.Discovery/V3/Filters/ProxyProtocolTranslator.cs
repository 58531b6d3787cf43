using Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Version = Envoy.Config.Core.V3.ProxyProtocolConfig.Types.Version;

namespace Proxy.Discovery.V3.Filters;

/// <summary>The listener filter that reads the PROXY protocol.</summary>
internal sealed class ProxyProtocolTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";

    public override string Supported =>
        """
        envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol: rules allow_requests_without_proxy_protocol disallowed_versions stat_prefix tlv_location=DYNAMIC_METADATA
        envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.Rule: *
        envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.KeyValuePair: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var filter = ProxyProtocol.Parser.Read(message);
        return new ProxyProtocolConfig
        {
            StatPrefix = filter.StatPrefix,
            AllowWithoutHeader = filter.AllowRequestsWithoutProxyProtocol,
            DisallowVersion1 = filter.DisallowedVersions.Contains(Version.V1),
            DisallowVersion2 = filter.DisallowedVersions.Contains(Version.V2),
            Rules = filter.Rules
                .Select(r => new ProxyProtocolRule((byte)r.TlvType, r.OnTlvPresent?.MetadataNamespace ?? "", r.OnTlvPresent?.Key ?? ""))
                .ToConfigList(),
        };
    }
}
