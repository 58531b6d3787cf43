using System.Net.Sockets;
using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Connections;
using SocketOption = Proxy.Connections.SocketOption;
using SocketOptionMessage = Envoy.Config.Core.V3.SocketOption;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates options of sockets.</summary>
internal static class SocketTranslator
{
    public const string Supported =
        """
        envoy.config.core.v3.SocketOption: *
        envoy.config.core.v3.SocketOption.SocketType: *
        envoy.config.core.v3.SocketOption.SocketType.Stream: *
        envoy.config.core.v3.SocketOption.SocketType.Datagram: *
        """;

    public static SocketSettings Translate(TcpKeepalive? keepalive) => keepalive is null
        ? SocketSettings.Default
        : new SocketSettings
        {
            Keepalive = new KeepaliveConfig(
                keepalive.KeepaliveProbes.ToIntOrNull(), keepalive.KeepaliveTime.ToIntOrNull(), keepalive.KeepaliveInterval.ToIntOrNull()),
        };

    /// <summary>Adds options to those that are there.</summary>
    public static SocketSettings With(this SocketSettings settings, ConfigList<SocketOption> options) =>
        options.Count == 0 ? settings : settings with { Options = [.. settings.Options, .. options] };

    /// <summary>Raw options; those for datagrams have no effect, as nothing here sends any on such sockets.</summary>
    public static ConfigList<SocketOption> Options(RepeatedField<SocketOptionMessage> options, Place place, TranslationContext context)
    {
        var result = new List<SocketOption>();
        for (var i = 0; i < options.Count; i++)
        {
            if (options[i].Type is { Datagram: not null, Stream: null })
            {
                continue;
            }

            if (Option(options[i], place.Item(i), context) is { } option)
            {
                result.Add(option);
            }
        }

        return result.ToConfigList();
    }

    private static SocketOption? Option(SocketOptionMessage option, Place place, TranslationContext context)
    {
        if (!Fits(option.Level, "level") || !Fits(option.Name, "name") || !Fits(option.IntValue, "int_value"))
        {
            return null;
        }

        var raw = option.HasBufValue
            ? new SocketOption((int)option.Level, (int)option.Name, option.BufValue.ToConfigList())
            : SocketOption.OfNumber((int)option.Level, (int)option.Name, (int)option.IntValue);
        return raw with
        {
            State = (SocketState)option.State,
            Family = option.IpVersion switch
            {
                SocketOptionMessage.Types.SocketIpVersion.Ipv4 => AddressFamily.InterNetwork,
                SocketOptionMessage.Types.SocketIpVersion.Ipv6 => AddressFamily.InterNetworkV6,
                _ => null,
            },
        };

        bool Fits(long value, string field)
        {
            if (value == (int)value)
            {
                return true;
            }

            context.Fault(place.Field(field), "does not fit an int of the system's interface");
            return false;
        }
    }
}
