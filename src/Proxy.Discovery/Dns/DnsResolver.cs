using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Configuration.Clusters;

namespace Proxy.Discovery.Dns;

/// <summary>Resolves names as the system's own resolver would: literal addresses, the hosts file, then DNS with the search list; but with TTLs.</summary>
/// <remarks>Asked on main. A name that does not exist is an answer without addresses, as in Envoy; no answer from any server is a failure.</remarks>
internal sealed class DnsResolver : IDnsResolver
{
    private readonly HostsFile _hosts;
    private readonly SearchList _search;
    private readonly IDnsTransport _transport;

    /// <summary>Uses the hosts file, the search list and the name servers of this system.</summary>
    public DnsResolver()
        : this(new HostsFile(HostsFile.SystemPath), SearchList.OfSystem(), new DnsClientTransport())
    {
    }

    internal DnsResolver(HostsFile hosts, SearchList search, IDnsTransport transport)
    {
        _hosts = hosts;
        _search = search;
        _transport = transport;
    }

    /// <inheritdoc />
    public ValueTask<DnsAnswer> ResolveAsync(string name, DnsLookupFamily family)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (IPAddress.TryParse(name, out var literal))
        {
            return ValueTask.FromResult(DnsAnswer.Of(new DnsAddress(literal, TimeSpan.Zero)));
        }

        var local = DnsAnswer.Select(_hosts.Find(name).Select(address => new DnsAddress(address, TimeSpan.Zero)), family);
        return local.Addresses.Count > 0 ? ValueTask.FromResult(local) : new ValueTask<DnsAnswer>(AskAsync(name, family));
    }

    private async Task<DnsAnswer> AskAsync(string name, DnsLookupFamily family)
    {
        DnsAnswer? failure = null;
        foreach (var full in _search.Complete(name))
        {
            var answer = await AskOneAsync(full, family).ConfigureAwait(false);
            if (answer.Addresses.Count > 0)
            {
                return answer;
            }

            failure ??= answer.Succeeded ? null : answer;
        }

        return failure ?? DnsAnswer.Of();
    }

    private async Task<DnsAnswer> AskOneAsync(string name, DnsLookupFamily family)
    {
        var v4 = family == DnsLookupFamily.V6Only ? null : _transport.QueryAsync(name, ipv6: false);
        var v6 = family == DnsLookupFamily.V4Only ? null : _transport.QueryAsync(name, ipv6: true);
        var replies = await Task.WhenAll(new[] { v6, v4 }.OfType<Task<DnsReply>>()).ConfigureAwait(false);
        var addresses = replies.SelectMany(reply => reply.Addresses).ToList();
        var failed = Array.Find(replies, reply => !reply.Answered);
        return addresses.Count == 0 && failed is not null ? DnsAnswer.Failed(failed.Details) : DnsAnswer.Select(addresses, family);
    }
}
