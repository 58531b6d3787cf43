using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.ProxyProtocol.V3;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Discovery.V3.Listeners;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>The transport socket that begins with the PROXY protocol, over another one.</summary>
internal sealed class ProxyProtocolTransportTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport";

    public override string Supported =>
        """
        envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport: config transport_socket
        envoy.config.core.v3.ProxyProtocolConfig: version added_tlvs
        envoy.config.core.v3.TlvEntry: type value
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var transport = ProxyProtocolUpstreamTransport.Parser.Read(message);
        var inner = TransportSocketTranslator.Upstream(transport.TransportSocket, place.Field("transport_socket"), context);
        if (inner.ProxyProtocol is not null)
        {
            context.Unsupported(place.Field("transport_socket"), "the PROXY protocol is sent once");
        }

        var config = transport.Config ?? new ProxyProtocolConfig();
        if (config.AddedTlvs.Count > 0 && config.Version == ProxyProtocolConfig.Types.Version.V1)
        {
            context.Fault(place.Field("config").Field("added_tlvs"), "need version V2");
        }

        return inner with
        {
            ProxyProtocol = new UpstreamProxyProtocolConfig(config.Version == ProxyProtocolConfig.Types.Version.V2 ? 2 : 1) { Tlvs = Tlvs(config.AddedTlvs) },
        };
    }

    public static ConfigList<ProxyProtocolTlv> Tlvs(RepeatedField<TlvEntry> entries) =>
        entries.Select(entry => new ProxyProtocolTlv((byte)entry.Type, entry.Value.ToByteArray().ToConfigList())).ToConfigList();
}
