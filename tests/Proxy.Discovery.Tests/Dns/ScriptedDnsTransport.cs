using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Discovery.Dns;

namespace Proxy.Discovery.Tests.Dns;

/// <summary>Name servers that know what the test tells them; other names do not exist.</summary>
internal sealed class ScriptedDnsTransport : IDnsTransport
{
    private readonly Dictionary<string, DnsReply> _replies = [];

    /// <summary>What was asked for, such as <c>a.test. A</c>.</summary>
    public List<string> Asked { get; } = [];

    public ScriptedDnsTransport Know(string question, params string[] addresses)
    {
        _replies[question] = new DnsReply(true, [.. addresses.Select(address => new DnsAddress(IPAddress.Parse(address), TimeSpan.FromSeconds(30)))]);
        return this;
    }

    public ScriptedDnsTransport Fail(string question)
    {
        _replies[question] = new DnsReply(false, [], "ServerFailure");
        return this;
    }

    public Task<DnsReply> QueryAsync(string name, bool ipv6)
    {
        var question = name + (ipv6 ? " AAAA" : " A");
        Asked.Add(question);
        return Task.FromResult(_replies.GetValueOrDefault(question) ?? new DnsReply(true, []));
    }
}
