using Envoy.Config.Core.V3;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Checks transport sockets: plain bytes are all that there is yet, and need no record.</summary>
internal static class TransportSocketTranslator
{
    public static void Check(TransportSocket? socket, Place place, TranslationContext context)
    {
        if (socket is not null)
        {
            context.Extensions.Translate(socket.TypedConfig, place.Field("typed_config"), context);
        }
    }
}
