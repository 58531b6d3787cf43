using Envoy.Config.Core.V3;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Tls;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates transport sockets; plain bytes need no record.</summary>
internal static class TransportSocketTranslator
{
    /// <summary>The record of the socket; null when there is none.</summary>
    public static object? Translate(TransportSocket? socket, Place place, TranslationContext context) =>
        socket is null ? null : context.Extensions.Translate(socket.TypedConfig, place.Field("typed_config"), context);

    /// <summary>TLS towards clients; null for plain bytes, or with a fault in the list.</summary>
    public static DownstreamTlsConfig? Downstream(TransportSocket? socket, Place place, TranslationContext context)
    {
        var record = Translate(socket, place, context);
        if (record is UpstreamTlsConfig or UpstreamTransportConfig)
        {
            context.Unsupported(place.Field("typed_config"), "is a transport socket towards upstreams");
        }

        return record as DownstreamTlsConfig;
    }

    /// <summary>What connections to upstreams are made of.</summary>
    public static UpstreamTransportConfig Upstream(TransportSocket? socket, Place place, TranslationContext context)
    {
        switch (Translate(socket, place, context))
        {
            case UpstreamTransportConfig transport:
                return transport;
            case UpstreamTlsConfig tls:
                return new UpstreamTransportConfig { Tls = tls };
            case DownstreamTlsConfig:
                context.Unsupported(place.Field("typed_config"), "is a transport socket towards clients");
                break;
        }

        return UpstreamTransportConfig.Plain;
    }
}
