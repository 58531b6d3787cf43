using System.Net.Sockets;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Dns;

/// <summary>Asks the operating system (<c>getaddrinfo</c>): hosts file, DNS and whatever else is set up there. It tells no TTL.</summary>
internal sealed class SystemDnsResolver : IDnsResolver
{
    /// <inheritdoc />
    public async ValueTask<DnsAnswer> ResolveAsync(string name, DnsLookupFamily family)
    {
        try
        {
            var addresses = await System.Net.Dns.GetHostAddressesAsync(name).ConfigureAwait(false);
            return DnsAnswer.Select(addresses.Distinct().Select(address => new DnsAddress(address, TimeSpan.Zero)), family);
        }
        catch (SocketException exception)
        {
            return DnsAnswer.Failed(exception.SocketErrorCode.ToString());
        }
    }
}
