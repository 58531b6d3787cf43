using System.Net;
using Envoy.Config.Core.V3;
using Proxy.Configuration;
using SocketAddress = Envoy.Config.Core.V3.SocketAddress;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates addresses.</summary>
internal static class AddressTranslator
{
    // sun_path of Linux, less the byte that ends it.
    private const int LongestPipe = 107;

    /// <summary>An address to listen on or to connect to without resolving it.</summary>
    public static AddressConfig? ToLiteral(Address? address, Place place, TranslationContext context) =>
        Translate(address, place, context, allowNames: false);

    /// <summary>An address whose host may be a name for DNS.</summary>
    public static AddressConfig? ToLiteralOrName(Address? address, Place place, TranslationContext context) =>
        Translate(address, place, context, allowNames: true);

    public static SocketAddressConfig? ToLiteral(SocketAddress address, Place place, TranslationContext context)
    {
        if (TryParse(address.Address) is { } ip)
        {
            return new SocketAddressConfig(ip, (int)address.PortValue, address.Ipv4Compat);
        }

        context.Fault(place.Field("address"), $"\"{address.Address}\" is not an IP address");
        return null;
    }

    private static AddressConfig? Translate(Address? address, Place place, TranslationContext context, bool allowNames)
    {
        switch (address?.AddressCase)
        {
            case Address.AddressOneofCase.Pipe:
                return ToPipe(address.Pipe, place.Field("pipe"), context);
            case Address.AddressOneofCase.SocketAddress:
                var socket = address.SocketAddress;
                return allowNames && TryParse(socket.Address) is null
                    ? new NameAddressConfig(socket.Address, (int)socket.PortValue)
                    : ToLiteral(socket, place.Field("socket_address"), context);
            case Address.AddressOneofCase.EnvoyInternalAddress:
                context.Unsupported(place.Field("envoy_internal_address"), "not supported yet");
                return null;
            default:
                context.Fault(place, "required", "an address");
                return null;
        }
    }

    private static PipeAddressConfig? ToPipe(Pipe pipe, Place place, TranslationContext context)
    {
        if (pipe.Path.StartsWith('@') && pipe.Mode != 0)
        {
            context.Fault(place.Field("mode"), "an abstract socket has no mode");
            return null;
        }

        if (System.Text.Encoding.UTF8.GetByteCount(pipe.Path) > LongestPipe)
        {
            context.Fault(place.Field("path"), $"is longer than {LongestPipe} bytes");
            return null;
        }

        return new PipeAddressConfig(pipe.Path, pipe.Mode == 0 ? null : (int)pipe.Mode);
    }

    /// <summary>The address that <paramref name="text"/> spells, or null.</summary>
    /// <remarks>Of IPv4 only the four-part form: 127.1 and 010.0.0.1 would mean different things to different readers.</remarks>
    public static IPAddress? TryParse(string text)
    {
        if (!IPAddress.TryParse(text, out var address) || text.StartsWith('['))
        {
            return null;
        }

        var isIpv4 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        return !isIpv4 || address.ToString() == text ? address : null;
    }
}
