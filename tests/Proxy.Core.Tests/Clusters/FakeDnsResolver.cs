using System.Net;
using Proxy.Clusters.Dns;
using Proxy.Configuration.Clusters;

namespace Proxy.Core.Tests.Clusters;

/// <summary>Answers as the test says, at once or when it says so.</summary>
internal sealed class FakeDnsResolver : IDnsResolver
{
    private readonly Dictionary<string, DnsAnswer> _answers = [];
    private readonly List<(string Name, TaskCompletionSource<DnsAnswer> Answer)> _open = [];

    /// <summary>Names asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public void Set(string name, params string[] addresses) => Set(name, 0, addresses);

    public void Set(string name, int ttlSeconds, params string[] addresses)
    {
        _answers[name] = DnsAnswer.Of([.. addresses.Select(address => new DnsAddress(IPAddress.Parse(address), TimeSpan.FromSeconds(ttlSeconds)))]);
    }

    public void Fail(string name) => _answers[name] = DnsAnswer.Failed("ENOTFOUND");

    /// <summary>Answers a question that was left open.</summary>
    public void Answer(string name)
    {
        var open = _open.Find(question => question.Name == name);
        _open.Remove(open);
        open.Answer.SetResult(_answers[name]);
    }

    public ValueTask<DnsAnswer> ResolveAsync(string name, DnsLookupFamily family)
    {
        Asked.Add(name);
        if (_answers.TryGetValue(name, out var answer))
        {
            return ValueTask.FromResult(answer);
        }

        var open = new TaskCompletionSource<DnsAnswer>();
        _open.Add((name, open));
        return new ValueTask<DnsAnswer>(open.Task);
    }
}
