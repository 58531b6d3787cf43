using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Outliers;

/// <summary>The hosts' shares of successes in the interval that ends now, and which hosts they speak against. On main.</summary>
internal sealed class OutlierRates
{
    private readonly List<(Host Host, double Rate)> _forRates = [];
    private readonly List<(Host Host, double Rate)> _forPercentages = [];
    private readonly OutlierDetectionConfig _config;

    /// <summary>Takes the counts of all <paramref name="hosts"/>; a new interval begins.</summary>
    public OutlierRates(OutlierDetectionConfig config, IReadOnlyCollection<Host> hosts, bool isLocal)
    {
        _config = config;
        var enough = hosts.Count >= Math.Min(config.SuccessRate.MinimumHosts, config.FailurePercentage.MinimumHosts);
        foreach (var host in hosts)
        {
            var (total, succeeded) = Take(host, isLocal);
            var counts = enough && total > 0 && !host.Flags.HasFlag(HealthFlags.FailedOutlierCheck);
            Add(host, counts ? total : 0, total == 0 ? -1 : 100.0 * succeeded / total, isLocal);
        }

        if (_forRates.Count > 0 && _forRates.Count >= config.SuccessRate.MinimumHosts)
        {
            Mean = _forRates.Average(static host => host.Rate);
            Threshold = Mean - (config.SuccessRate.DeviationFactor / 1000.0 * Math.Sqrt(_forRates.Average(host => (host.Rate - Mean) * (host.Rate - Mean))));
        }
    }

    /// <summary>Mean of the hosts that had enough requests, in percent; -1 when they were too few.</summary>
    public double Mean { get; } = -1;

    /// <summary>What a host must reach, in percent; -1 when there is nothing to compare.</summary>
    public double Threshold { get; } = -1;

    /// <summary>Both.</summary>
    public SuccessRates Summary => new(Mean, Threshold);

    /// <summary>Hosts that do so much worse than the others that it is no chance.</summary>
    public IEnumerable<Host> BelowTheOthers => _forRates.Where(host => host.Rate < Threshold).Select(static host => host.Host);

    /// <summary>Hosts that fail too often.</summary>
    public IEnumerable<Host> AboveThreshold
    {
        get
        {
            return _forPercentages.Count < Math.Max(1, _config.FailurePercentage.MinimumHosts)
                ? []
                : _forPercentages.Where(host => 100.0 - host.Rate >= _config.FailurePercentage.Threshold).Select(static host => host.Host);
        }
    }

    /// <summary>Share of a host that was found.</summary>
    public double Of(Host host) => _forRates.Concat(_forPercentages).First(entry => ReferenceEquals(entry.Host, host)).Rate;

    private void Add(Host host, long volume, double rate, bool isLocal)
    {
        if (volume >= _config.SuccessRate.RequestVolume && volume > 0)
        {
            _forRates.Add((host, rate));
        }

        if (volume >= _config.FailurePercentage.RequestVolume && volume > 0)
        {
            _forPercentages.Add((host, rate));
        }

        var shown = volume > 0 && volume >= Math.Min(_config.SuccessRate.RequestVolume, _config.FailurePercentage.RequestVolume) ? rate : -1;
        if (isLocal)
        {
            host.Outliers!.LocalSuccessRate = shown;
        }
        else
        {
            host.Outliers!.SuccessRate = shown;
        }
    }

    private static (long Total, long Succeeded) Take(Host host, bool isLocal)
    {
        var now = default(OutcomeCounts);
        foreach (var shard in host.Shards)
        {
            now.Total += Volatile.Read(ref shard.Outcomes.Total);
            now.Succeeded += Volatile.Read(ref shard.Outcomes.Succeeded);
            now.LocalTotal += Volatile.Read(ref shard.Outcomes.LocalTotal);
            now.LocalSucceeded += Volatile.Read(ref shard.Outcomes.LocalSucceeded);
        }

        var before = host.Outliers!.IntervalStart;
        host.Outliers.IntervalStart = isLocal
            ? before with { LocalTotal = now.LocalTotal, LocalSucceeded = now.LocalSucceeded }
            : before with { Total = now.Total, Succeeded = now.Succeeded };
        return isLocal
            ? (now.LocalTotal - before.LocalTotal, now.LocalSucceeded - before.LocalSucceeded)
            : (now.Total - before.Total, now.Succeeded - before.Succeeded);
    }
}
