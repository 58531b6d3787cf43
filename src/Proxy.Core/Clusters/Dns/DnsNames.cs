using Proxy.Configuration;

namespace Proxy.Clusters.Dns;

internal static class DnsNames
{
    /// <summary>What to resolve for an address as configured; a literal address is a name too, one that needs no asking.</summary>
    public static NameAddressConfig Of(AddressConfig address)
    {
        return address switch
        {
            NameAddressConfig name => name,
            SocketAddressConfig socket => new NameAddressConfig(socket.Address.ToString(), socket.Port),
            _ => throw new ConfigException("", $"{address.GetType().Name} cannot be resolved"),
        };
    }
}
