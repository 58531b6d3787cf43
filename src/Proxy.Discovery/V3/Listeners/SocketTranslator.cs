using Envoy.Config.Core.V3;
using Proxy.Connections;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates options of sockets.</summary>
internal static class SocketTranslator
{
    public static SocketSettings Translate(TcpKeepalive? keepalive) => keepalive is null
        ? SocketSettings.Default
        : new SocketSettings
        {
            Keepalive = new KeepaliveConfig(
                keepalive.KeepaliveProbes.ToIntOrNull(), keepalive.KeepaliveTime.ToIntOrNull(), keepalive.KeepaliveInterval.ToIntOrNull()),
        };
}
