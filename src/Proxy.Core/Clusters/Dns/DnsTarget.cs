using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Dns;

/// <summary>Resolves one name again and again. On main.</summary>
internal sealed class DnsTarget
{
    private readonly NameAddressConfig _name;
    private readonly DnsConfig _config;
    private readonly IDnsResolver _resolver;
    private readonly Worker _main;
    private readonly StatShard _stats;
    private readonly bool _needsAddress;
    private readonly Action<DnsAnswer> _answered;
    private readonly WorkerTimer _timer;
    private readonly JitteredBackOff? _backOff;
    private bool _stopped;

    /// <param name="name">What to resolve.</param>
    /// <param name="context">Of the cluster.</param>
    /// <param name="needsAddress">An answer without an address counts as a failure.</param>
    /// <param name="answered">Takes each answer.</param>
    public DnsTarget(NameAddressConfig name, DiscoveryContext context, bool needsAddress, Action<DnsAnswer> answered)
    {
        _name = name;
        _config = context.Config.Dns;
        _resolver = context.Resolver;
        _main = context.Main;
        _stats = context.Stats;
        _needsAddress = needsAddress;
        _answered = answered;
        _timer = _main.CreateTimer(static self => ((DnsTarget)self!).Resolve(), this);
        _backOff = _config.FailureBaseInterval is { } least ? new JitteredBackOff(least, _config.FailureMaxInterval) : null;
    }

    private long RefreshMilliseconds => (long)_config.RefreshRate.TotalMilliseconds;

    public void Resolve()
    {
        _stats.Increment(ClusterStats.UpdateAttempt);
        if (IPAddress.TryParse(_name.Host, out var literal))
        {
            // Stays what it is: answered at once and never asked again.
            _stats.Increment(ClusterStats.UpdateSuccess);
            _answered(DnsAnswer.Of(new DnsAddress(literal, TimeSpan.Zero)));
            return;
        }

        _ = AskAsync();
    }

    public void Stop()
    {
        _stopped = true;
        _timer.Cancel();
    }

    private async Task AskAsync()
    {
        DnsAnswer answer;
        try
        {
            answer = await _resolver.ResolveAsync(_name.Host, _config.Family);
        }
        catch (Exception exception)
        {
            answer = DnsAnswer.Failed(exception.Message); // a resolver of somebody else's; the next attempt may fare better
        }

        _main.Post(() => OnAnswer(answer));
    }

    private void OnAnswer(DnsAnswer answer)
    {
        if (_stopped)
        {
            return;
        }

        if (_needsAddress && answer.Addresses.Count == 0)
        {
            answer = answer with { Succeeded = false };
        }

        _stats.Increment(answer.Succeeded ? ClusterStats.UpdateSuccess : ClusterStats.UpdateFailure);
        _timer.Arm(answer.Succeeded ? DelayAfter(answer) : _backOff?.Next(_main.Random) ?? RefreshMilliseconds);
        _answered(answer);
    }

    private long DelayAfter(DnsAnswer answer)
    {
        _backOff?.Reset();
        var delay = RefreshMilliseconds;
        if (answer.Addresses.Count == 0)
        {
            return delay;
        }

        var ttl = (long)answer.Addresses.Min(address => address.Ttl).TotalMilliseconds;
        if (_config.RespectTtl && ttl > 0)
        {
            delay = ttl;
        }

        var jitter = (ulong)_config.Jitter.TotalMilliseconds;
        return delay + (jitter > 0 ? (long)(_main.Random.Next() % jitter) : 0);
    }
}
