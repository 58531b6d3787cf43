using Proxy.Clusters.Dns;

namespace Proxy.Discovery.Dns;

/// <summary>Asks name servers for one kind of record of one full name.</summary>
internal interface IDnsTransport
{
    /// <summary>Addresses of <paramref name="name"/>, IPv6 ones if <paramref name="ipv6"/>. Failures are replies, not exceptions.</summary>
    Task<DnsReply> QueryAsync(string name, bool ipv6);
}

/// <summary>What came back.</summary>
/// <param name="Answered">A server knows: these addresses and no others. False: none could say.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Details">Why nobody could say; empty otherwise.</param>
internal sealed record DnsReply(bool Answered, IReadOnlyList<DnsAddress> Addresses, string Details = "");
