using Envoy.Config.Core.V3;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates transport sockets; plain bytes need no record.</summary>
internal static class TransportSocketTranslator
{
    /// <summary>The record of the socket; null when there is none.</summary>
    public static object? Translate(TransportSocket? socket, Place place, TranslationContext context) =>
        socket is null ? null : context.Extensions.Translate(socket.TypedConfig, place.Field("typed_config"), context);

    /// <summary>Adds a fault unless the socket is one of plain bytes.</summary>
    public static void Check(TransportSocket? socket, Place place, TranslationContext context)
    {
        if (Translate(socket, place, context) is Configuration.Clusters.UpstreamProxyProtocolConfig)
        {
            context.Unsupported(place.Field("typed_config"), "the PROXY protocol is sent to upstreams only, and once");
        }
    }
}
