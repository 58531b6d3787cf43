using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Proxy.Clusters.Dns;

namespace Proxy.Discovery.Dns;

/// <summary>Asks the name servers of this system, or those given, over UDP and TCP.</summary>
internal sealed class DnsClientTransport : IDnsTransport
{
    private readonly IPEndPoint[] _servers;
    private LookupClient? _client;

    public DnsClientTransport(params IPEndPoint[] servers)
    {
        _servers = servers;
    }

    public async Task<DnsReply> QueryAsync(string name, bool ipv6)
    {
        try
        {
            _client ??= Create();
            var response = await _client.QueryAsync(name, ipv6 ? QueryType.AAAA : QueryType.A).ConfigureAwait(false);
            return response.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain
                ? new DnsReply(true, [.. response.Answers.AddressRecords().Select(ToAddress)])
                : new DnsReply(false, [], response.Header.ResponseCode.ToString());
        }
        catch (Exception exception) when (exception is DnsResponseException or InvalidOperationException or ArgumentException)
        {
            return new DnsReply(false, [], exception.Message); // no answer in time, no server known, or no name that can be asked for
        }
    }

    private static DnsAddress ToAddress(AddressRecord record) => new(record.Address, TimeSpan.FromSeconds(record.InitialTimeToLive));

    // No cache: how long an answer holds is the cluster's business.
    private LookupClient Create()
    {
        var options = _servers.Length > 0 ? new LookupClientOptions(_servers) : new LookupClientOptions();
        options.UseCache = false;
        options.ThrowDnsErrors = false;
        options.Timeout = TimeSpan.FromSeconds(5);
        options.Retries = 3;
        return new LookupClient(options);
    }
}
