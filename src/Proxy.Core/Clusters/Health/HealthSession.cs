using Proxy.Workers;

namespace Proxy.Clusters.Health;

/// <summary>Checks one host again and again, and knows from what came of it whether the host is healthy. On main.</summary>
internal abstract class HealthSession
{
    private readonly WorkerTimer _interval;
    private readonly WorkerTimer _timeout;
    private bool _first;
    private uint _passed; // in a row, of an unhealthy host
    private uint _failed; // in a row, of a healthy host

    protected HealthSession(HealthChecker checker, Host host)
    {
        Checker = checker;
        Host = host;
        _first = !host.IsChecked;
        _interval = checker.Main.CreateTimer(static self => ((HealthSession)self!).Begin(), this);
        _timeout = checker.Main.CreateTimer(static self => ((HealthSession)self!).OnTimeout(), this);
    }

    public Host Host { get; }

    protected HealthChecker Checker { get; }

    protected HealthModel Model => Checker.Model;

    public void Start()
    {
        if (Model.InitialJitter > 0)
        {
            _interval.Arm((long)(Checker.Main.Random.Next() % Model.InitialJitter));
        }
        else
        {
            Begin();
        }
    }

    public void Stop()
    {
        _interval.Cancel();
        _timeout.Cancel();
        Abort();
    }

    /// <summary>Asks; <see cref="Pass"/> or <see cref="Fail"/> follows, unless <see cref="Abort"/> comes before.</summary>
    protected abstract void Ask();

    /// <summary>Gives up the check under way, and the connection. Nothing is reported any more.</summary>
    protected abstract void Abort();

    /// <summary>Gives up a check whose time is over. As <see cref="Abort"/>, unless the connection can be kept.</summary>
    protected virtual void OnLate() => Abort();

    /// <summary>The host is well.</summary>
    protected void Pass(bool degraded)
    {
        _failed = 0;
        var (changed, pending) = (false, false);
        var flags = Host.Flags;
        if (flags.HasFlag(HealthFlags.FailedActiveCheck))
        {
            // The first answer ever is believed at once: a cluster is of use soon after its start.
            pending = !_first && ++_passed < Model.Config.HealthyThreshold;
            if (!pending)
            {
                flags &= ~(HealthFlags.FailedActiveCheck | HealthFlags.ActiveCheckTimeout | HealthFlags.ExcludedByCheck);
                changed = true;
                Checker.Log?.OnHealthy(Host, _first);
            }
        }

        if (degraded != flags.HasFlag(HealthFlags.DegradedActiveCheck))
        {
            flags ^= HealthFlags.DegradedActiveCheck;
            changed = true;
            Checker.Log?.OnDegraded(Host, degraded);
        }

        Checker.Stats.Increment(HealthStats.Success);
        Checker.Log?.OnPassed(Host);
        End(flags, passed: true, changed, pending);
    }

    /// <summary>The host is not well, or cannot be asked.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="retriable">One more failure like it may be forgiven, although the host has said no.</param>
    /// <param name="status">Status of the answer; 0 when there is none.</param>
    protected void Fail(HealthFailure failure, bool retriable = false, int status = 0)
    {
        _passed = 0;
        var (changed, pending) = (false, false);
        var flags = Host.Flags;
        if (!flags.HasFlag(HealthFlags.FailedActiveCheck))
        {
            pending = (failure != HealthFailure.Active || retriable) && ++_failed < Model.Config.UnhealthyThreshold;
            if (!pending)
            {
                flags |= HealthFlags.FailedActiveCheck;
                changed = true;
                Checker.Log?.OnUnhealthy(Host, failure, status);
            }
        }

        flags = failure == HealthFailure.Timeout ? flags | HealthFlags.ActiveCheckTimeout : flags & ~HealthFlags.ActiveCheckTimeout;
        Checker.Stats.Increment(HealthStats.Failure);
        Checker.Stats.Add(HealthStats.NetworkFailure, failure == HealthFailure.Active ? 0 : 1);
        Checker.Log?.OnFailed(Host, failure, _first, status);
        End(flags, passed: false, changed, pending);
    }

    /// <summary>The host has asked not to be counted.</summary>
    protected void Exclude() => Host.Flags |= HealthFlags.ExcludedByCheck;

    private void Begin()
    {
        Checker.Stats.Increment(HealthStats.Attempt);
        _timeout.Arm(Model.TimeoutMilliseconds);
        Ask();
    }

    private void OnTimeout()
    {
        OnLate();
        Fail(HealthFailure.Timeout);
    }

    private void End(HealthFlags flags, bool passed, bool changed, bool pending)
    {
        changed |= flags.HasFlag(HealthFlags.PendingActiveCheck);
        Host.Flags = flags & ~HealthFlags.PendingActiveCheck;
        Host.IsChecked = true;
        _timeout.Cancel();
        _interval.Arm(Model.NextPause(passed, pending, Checker.HasTraffic(), Checker.Cluster.Runtime, Checker.Main.Random));
        var first = _first;
        _first = false;
        Checker.OnChecked(Host, passed, changed, first);
    }
}

/// <summary>Why a check failed (Envoy <c>HealthCheckFailureType</c>).</summary>
internal enum HealthFailure
{
    /// <summary>The host said no.</summary>
    Active,

    /// <summary>The host could not be asked, or broke off.</summary>
    Network,

    /// <summary>The host did not answer in time.</summary>
    Timeout,
}
