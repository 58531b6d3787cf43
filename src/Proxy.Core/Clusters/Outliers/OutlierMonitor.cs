using Proxy.Workers;

namespace Proxy.Clusters.Outliers;

/// <summary>What outlier detection knows of one host. Workers report outcomes here; everything else is main's.</summary>
/// <remarks>
/// A success costs two plain additions on the worker's own counters and a look at the shared ones, which are written only after a failure: hosts that do
/// well are never fought over. Rows of failures are counted across workers.
/// </remarks>
internal sealed class OutlierMonitor
{
    private readonly Host _host;
    private volatile OutlierDetector _detector;
    private int _failures;
    private int _gatewayFailures;
    private int _localFailures;

    public OutlierMonitor(Host host, OutlierDetector detector)
    {
        _host = host;
        _detector = detector;
    }

    /// <summary>Share of successes in the last interval, in percent; -1 when there were too few requests. From any thread.</summary>
    public double SuccessRate { get; set; } = -1;

    /// <summary>The same for what happened on this side.</summary>
    public double LocalSuccessRate { get; set; } = -1;

    /// <summary>The ejection now, or the next one, lasts this many times the base. On main.</summary>
    public int Multiplier { get; set; }

    /// <summary>Number of ejections. On main.</summary>
    public uint Ejections { get; set; }

    /// <summary>When it was ejected last, in ms of main's clock. On main.</summary>
    public long EjectedAt { get; set; }

    /// <summary>When it last came back or was ejected, in ms of main's clock; null for never. On main.</summary>
    public long? ChangedAt { get; set; }

    /// <summary>Added to the ejection, in ms. On main.</summary>
    public long Jitter { get; set; }

    /// <summary>What its counters stood at when the interval began. On main.</summary>
    public OutcomeCounts IntervalStart { get; set; }

    /// <summary>Goes by the settings of <paramref name="detector"/> from now on. On main.</summary>
    public void ReportTo(OutlierDetector detector) => _detector = detector;

    /// <summary>The host answered. On <paramref name="worker"/>.</summary>
    public void OnAnswer(Worker worker, int status)
    {
        var shard = _host.On(worker);
        shard.Outcomes.Total++;
        if (status < 500)
        {
            shard.Outcomes.Succeeded++;
            Clear(ref _failures);
            Clear(ref _gatewayFailures);
            return;
        }

        if (status is >= 502 and <= 504)
        {
            Count(ref _gatewayFailures, _detector.Config.ConsecutiveGatewayFailure, EjectionKind.ConsecutiveGatewayFailure);
        }
        else
        {
            Clear(ref _gatewayFailures);
        }

        Count(ref _failures, _detector.Config.Consecutive5xx, EjectionKind.Consecutive5xx);
    }

    /// <summary>A connection to the host is there. On <paramref name="worker"/>.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="isAll">Nothing more will be heard of what goes on in it: the host did well.</param>
    public void OnConnected(Worker worker, bool isAll)
    {
        if (_detector.Config.SplitExternalLocalOriginErrors)
        {
            var shard = _host.On(worker);
            shard.Outcomes.LocalTotal++;
            shard.Outcomes.LocalSucceeded++;
            Clear(ref _localFailures);
        }
        else if (isAll)
        {
            OnAnswer(worker, 200);
        }
    }

    /// <summary>The connection could not be made, or broke. On <paramref name="worker"/>.</summary>
    public void OnBroken(Worker worker) => OnLocalFailure(worker, 503);

    /// <summary>No answer came in time; the client gets <paramref name="status"/>. On <paramref name="worker"/>.</summary>
    public void OnTimeout(Worker worker, int status) => OnLocalFailure(worker, status);

    /// <summary>A row that has been dealt with begins anew. On main.</summary>
    public void Restart(EjectionKind kind)
    {
        switch (kind)
        {
            case EjectionKind.Consecutive5xx:
                Clear(ref _failures);
                break;
            case EjectionKind.ConsecutiveGatewayFailure:
                Clear(ref _gatewayFailures);
                break;
            case EjectionKind.ConsecutiveLocalOriginFailure:
                Clear(ref _localFailures);
                break;
        }
    }

    /// <summary>Every row begins anew. On main.</summary>
    public void Restart()
    {
        Clear(ref _failures);
        Clear(ref _gatewayFailures);
        Clear(ref _localFailures);
    }

    private void OnLocalFailure(Worker worker, int status)
    {
        if (!_detector.Config.SplitExternalLocalOriginErrors)
        {
            OnAnswer(worker, status);
            return;
        }

        _host.On(worker).Outcomes.LocalTotal++;
        Count(ref _localFailures, _detector.Config.ConsecutiveLocalOriginFailure, EjectionKind.ConsecutiveLocalOriginFailure);
    }

    private void Count(ref int row, uint limit, EjectionKind kind)
    {
        if (Interlocked.Increment(ref row) == limit)
        {
            _detector.Report(_host, kind);
        }
    }

    private static void Clear(ref int row)
    {
        if (Volatile.Read(ref row) != 0)
        {
            Volatile.Write(ref row, 0);
        }
    }
}

/// <summary>Outcomes of requests to a host; each worker has its own.</summary>
internal struct OutcomeCounts
{
    /// <summary>Answers, and failures that are not counted apart.</summary>
    public long Total;

    /// <summary>Answers that were no failures.</summary>
    public long Succeeded;

    /// <summary>Connections tried, and failures on this side, where they are counted apart.</summary>
    public long LocalTotal;

    /// <summary>Connections made.</summary>
    public long LocalSucceeded;
}
