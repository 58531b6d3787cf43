using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Proxy.Connections.InMemory;

namespace Proxy.Configuration;

/// <summary>Addresses as logs, stats and admin write them, and as transports take them.</summary>
internal static class AddressText
{
    /// <summary>Envoy's way to write an address: <c>10.0.0.1:80</c>, <c>[::1]:80</c>, a path, a name.</summary>
    public static string Of(AddressConfig address) => address switch
    {
        SocketAddressConfig socket => new IPEndPoint(socket.Address, socket.Port).ToString(),
        NameAddressConfig name => string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}"),
        PipeAddressConfig pipe => pipe.Path,
        InMemoryAddressConfig memory => memory.Name,
        _ => address.ToString(),
    };

    /// <summary>The transport's form of an address that needs no resolution.</summary>
    /// <exception cref="ConfigException">It is a name.</exception>
    public static EndPoint ToEndPoint(AddressConfig address) => address switch
    {
        SocketAddressConfig socket => new IPEndPoint(socket.Address, socket.Port),
        PipeAddressConfig { Path: ['@', .. var name] } => new UnixDomainSocketEndPoint("\0" + name),
        PipeAddressConfig pipe => new UnixDomainSocketEndPoint(pipe.Path),
        InMemoryAddressConfig memory => new InMemoryEndPoint(memory.Name),
        _ => throw new ConfigException("address", $"{Of(address)} is not an IP address"),
    };
}
