using System.Diagnostics.CodeAnalysis;
using Proxy.Configuration.Clusters;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters.Outliers;

/// <summary>Ejects the hosts of one cluster that keep failing, and lets them back after a pause that grows (Envoy's outlier detection).</summary>
/// <remarks>On main, but for <see cref="Report"/>. Flags are set on the hosts; <see cref="Changed"/> makes them known.</remarks>
internal sealed class OutlierDetector
{
    private const long DefaultMaxEjectionMilliseconds = 300_000;

    private readonly Worker _main;
    private readonly StatShard _stats;
    private readonly WorkerTimer _timer;
    private readonly Action<object?> _onReport;
    private readonly OutlierDetectionConfig _configured;
    private long _base;
    private long _max;
    private readonly HashSet<Host> _hosts = new(ReferenceEqualityComparer.Instance);
    private int _active;

    public OutlierDetector(OutlierDetectionConfig config, RuntimeSnapshot runtime, Worker main, StatShard stats)
    {
        _configured = config;
        _main = main;
        _stats = stats;
        _timer = main.CreateTimer(static self => ((OutlierDetector)self!).OnInterval(), this);
        _onReport = report => OnReport((EjectionReport)report!);
        Apply(runtime);
    }

    /// <summary>What holds now: what is configured, and what the runtime says instead. From any thread.</summary>
    public OutlierDetectionConfig Config { get; private set; }

    /// <summary>A host's flags have changed.</summary>
    public required Action<Host> Changed { get; init; }

    /// <summary>Told of every ejection and return; null when nobody listens.</summary>
    public IOutlierLog? Log { get; init; }

    /// <summary>What the last interval said of the hosts' answers.</summary>
    public SuccessRates Rates { get; private set; } = SuccessRates.None;

    /// <summary>What it said of what happened on this side.</summary>
    public SuccessRates LocalRates { get; private set; } = SuccessRates.None;

    /// <summary>Takes what the runtime says.</summary>
    [MemberNotNull(nameof(Config))]
    public void Apply(RuntimeSnapshot runtime)
    {
        Config = OutlierRuntime.Apply(_configured, runtime);
        _base = (long)Config.BaseEjectionTime.TotalMilliseconds;
        _max = (long?)Config.MaxEjectionTime?.TotalMilliseconds ?? Math.Max(DefaultMaxEjectionMilliseconds, _base);
    }

    public void Start() => _timer.Arm((long)Config.Interval.TotalMilliseconds);

    public void Stop()
    {
        _timer.Cancel();
        _stats.Add(OutlierStats.Active, -_active);
        _active = 0;
    }

    /// <summary>The members are others now; those that stay keep what is known of them.</summary>
    public void SetHosts(IEnumerable<Host> hosts)
    {
        var gone = new HashSet<Host>(_hosts, ReferenceEqualityComparer.Instance);
        foreach (var host in hosts)
        {
            if (!gone.Remove(host) && _hosts.Add(host))
            {
                Adopt(host);
            }
        }

        foreach (var host in gone)
        {
            _hosts.Remove(host);
            if (IsEjected(host))
            {
                CountActive(-1);
            }
        }
    }

    // Who was watched before, under other settings, keeps what is known of it.
    private void Adopt(Host host)
    {
        if (host.Outliers is { } monitor)
        {
            monitor.ReportTo(this);
            CountActive(IsEjected(host) ? 1 : 0);
        }
        else
        {
            host.Outliers = new OutlierMonitor(host, this);
        }
    }

    /// <summary>A row of failures has reached its limit. From any thread.</summary>
    public void Report(Host host, EjectionKind kind) => _main.Post(_onReport, new EjectionReport(host, kind));

    /// <summary>An active health check was passed: who passes is let back, if so configured.</summary>
    public void OnCheckPassed(Host host)
    {
        if (Config.SuccessfulActiveHealthCheckUnejectHost && IsEjected(host) && !host.Flags.HasFlag(HealthFlags.FailedActiveCheck))
        {
            Uneject(host);
        }
    }

    private static bool IsEjected(Host host) => host.Flags.HasFlag(HealthFlags.FailedOutlierCheck);

    private void OnReport(EjectionReport report)
    {
        var host = report.Host;
        if (!_hosts.Contains(host) || IsEjected(host))
        {
            return; // gone, or out already, by the time the news was here
        }

        Detect(host, report.Kind);
        if (report.Kind == EjectionKind.Consecutive5xx)
        {
            _stats.Increment(OutlierStats.Consecutive5xx);
        }

        host.Outliers!.Restart(report.Kind); // so that the next row is noticed although no success came between
    }

    private void Detect(Host host, EjectionKind kind, OutlierRates? rates = null)
    {
        _stats.Increment(OutlierStats.Detected[(int)kind]);
        if (!MayEject())
        {
            _stats.Increment(OutlierStats.Overflow);
            return;
        }

        _stats.Add(OutlierStats.Total, kind is EjectionKind.Consecutive5xx or EjectionKind.SuccessRate ? 1 : 0); // the kinds of Envoy's first versions
        if (_main.Random.Next() % 100 >= ChanceOf(kind))
        {
            Log?.OnEjected(host, kind, enforced: false, rates, _main);
            return;
        }

        Eject(host, host.Outliers!, kind);
        Log?.OnEjected(host, kind, enforced: true, rates, _main);
        host.Outliers!.ChangedAt = _main.Now;
    }

    private bool MayEject()
    {
        return (Config.AlwaysEjectOneHost && _active == 0) || 100.0 * (_active + 1) / _hosts.Count <= Config.MaxEjectionPercent;
    }

    private void Eject(Host host, OutlierMonitor monitor, EjectionKind kind)
    {
        CountActive(1);
        _stats.Increment(OutlierStats.EnforcedTotal);
        _stats.Increment(OutlierStats.Enforced[(int)kind]);
        monitor.Ejections++;
        monitor.EjectedAt = _main.Now;
        if (monitor.Multiplier * _base < _max + _base)
        {
            monitor.Multiplier++;
        }

        var jitter = (ulong)Config.MaxEjectionTimeJitter.TotalMilliseconds;
        monitor.Jitter = jitter == 0 ? 0 : (long)(_main.Random.Next() % jitter);
        host.Flags |= HealthFlags.FailedOutlierCheck;
        Changed(host);
    }

    private void Uneject(Host host)
    {
        CountActive(-1);
        host.Flags &= ~HealthFlags.FailedOutlierCheck;
        host.Outliers!.Restart(); // a row half counted must not eject it again at once
        Log?.OnReturned(host, _main);
        host.Outliers.ChangedAt = _main.Now;
        Changed(host);
    }

    private void OnInterval()
    {
        foreach (var host in _hosts)
        {
            LetBack(host, host.Outliers!);
        }

        Judge(isLocal: false);
        Judge(isLocal: true);
        _timer.Arm((long)Config.Interval.TotalMilliseconds);
    }

    private void LetBack(Host host, OutlierMonitor monitor)
    {
        if (!IsEjected(host))
        {
            monitor.Multiplier = Math.Max(0, monitor.Multiplier - 1); // a quiet interval makes up for an ejection
        }
        else if (Math.Min(_base * monitor.Multiplier, _max) + monitor.Jitter <= _main.Now - monitor.EjectedAt)
        {
            Uneject(host);
        }
    }

    private void Judge(bool isLocal)
    {
        var rates = new OutlierRates(Config, _hosts, isLocal);
        (Rates, LocalRates) = isLocal ? (Rates, rates.Summary) : (rates.Summary, LocalRates);
        foreach (var host in rates.BelowTheOthers)
        {
            _stats.Increment(OutlierStats.SuccessRate);
            Detect(host, isLocal ? EjectionKind.LocalOriginSuccessRate : EjectionKind.SuccessRate, rates);
        }

        foreach (var host in rates.AboveThreshold)
        {
            Detect(host, isLocal ? EjectionKind.LocalOriginFailurePercentage : EjectionKind.FailurePercentage, rates);
        }
    }

    private uint ChanceOf(EjectionKind kind) => kind switch
    {
        EjectionKind.Consecutive5xx => Config.Enforcing.Consecutive5xx,
        EjectionKind.ConsecutiveGatewayFailure => Config.Enforcing.ConsecutiveGatewayFailure,
        EjectionKind.ConsecutiveLocalOriginFailure => Config.Enforcing.ConsecutiveLocalOriginFailure,
        EjectionKind.SuccessRate => Config.Enforcing.SuccessRate,
        EjectionKind.LocalOriginSuccessRate => Config.Enforcing.LocalOriginSuccessRate,
        EjectionKind.FailurePercentage => Config.Enforcing.FailurePercentage,
        _ => Config.Enforcing.LocalOriginFailurePercentage,
    };

    private void CountActive(int change)
    {
        _active += change;
        _stats.Add(OutlierStats.Active, change);
    }

    private sealed record EjectionReport(Host Host, EjectionKind Kind);
}

/// <summary>Told of ejections. On main.</summary>
internal interface IOutlierLog
{
    /// <summary>A host was found failing, and ejected if <paramref name="enforced"/>; <paramref name="rates"/> is null for failures in a row.</summary>
    void OnEjected(Host host, EjectionKind kind, bool enforced, OutlierRates? rates, Worker main);

    /// <summary>A host is back.</summary>
    void OnReturned(Host host, Worker main);
}
