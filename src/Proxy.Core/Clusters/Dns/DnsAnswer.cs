using System.Net;
using System.Net.Sockets;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Dns;

/// <summary>One address of a name.</summary>
/// <param name="Address">The address.</param>
/// <param name="Ttl">How long it may be used; zero when that is not known.</param>
public readonly record struct DnsAddress(IPAddress Address, TimeSpan Ttl);

/// <summary>What came of asking for a name.</summary>
/// <param name="Succeeded">The name was resolved, if to no address. False: nobody could say, what was known before stays.</param>
/// <param name="Addresses">The addresses, most wanted first.</param>
/// <param name="Details">Why it failed, such as <c>cares_failure:ENOTFOUND</c>; empty otherwise.</param>
public sealed record DnsAnswer(bool Succeeded, ConfigList<DnsAddress> Addresses, string Details)
{
    /// <summary>An answer with addresses.</summary>
    public static DnsAnswer Of(params ReadOnlySpan<DnsAddress> addresses) => new(true, ConfigList.Create(addresses), "");

    /// <summary>No answer.</summary>
    public static DnsAnswer Failed(string details) => new(false, [], details);

    /// <summary>Keeps what <paramref name="family"/> wants of all the addresses of a name, in its order.</summary>
    public static DnsAnswer Select(IEnumerable<DnsAddress> all, DnsLookupFamily family)
    {
        var v4 = all.Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork);
        var v6 = all.Where(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6);
        IEnumerable<DnsAddress> chosen = family switch
        {
            DnsLookupFamily.V4Only => v4,
            DnsLookupFamily.V6Only => v6,
            DnsLookupFamily.V4Preferred => v4.Any() ? v4 : v6,
            DnsLookupFamily.All => v6.Concat(v4),
            _ => v6.Any() ? v6 : v4,
        };
        return new DnsAnswer(true, chosen.ToConfigList(), "");
    }
}
