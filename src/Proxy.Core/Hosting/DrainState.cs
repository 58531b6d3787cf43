using Proxy.Workers;

namespace Proxy.Hosting;

/// <summary>Whether connections should be told to go: set on main, read by workers before each response.</summary>
/// <remarks>States form a tree: a listener that drains asks its proxy too.</remarks>
public sealed class DrainState
{
    private readonly DrainState? _parent;
    private volatile bool _healthCheckFailed;
    private volatile DrainPlan? _plan;

    /// <summary>Makes a state that does not drain; <paramref name="parent"/> is asked too.</summary>
    public DrainState(DrainState? parent = null)
    {
        _parent = parent;
    }

    /// <summary>An operator asked for failing health checks (<c>/healthcheck/fail</c>): every response closes its connection.</summary>
    public bool HealthCheckFailed
    {
        get => _healthCheckFailed || _parent is { HealthCheckFailed: true };
        set => _healthCheckFailed = value;
    }

    /// <summary>True once <see cref="Start"/> was called here or above.</summary>
    public bool IsDraining => _plan is not null || _parent is { IsDraining: true };

    /// <summary>Begins to drain. Immediate: every response closes its connection. Gradual: more and more of them, until all do after <paramref name="duration"/>.</summary>
    public void Start(Worker clock, TimeSpan duration, bool gradual)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _plan ??= new DrainPlan(clock.Now, gradual ? (long)duration.TotalMilliseconds : 0);
    }

    /// <summary>True when the connection should be closed after the response at hand. On <paramref name="worker"/>.</summary>
    public bool ShouldClose(Worker worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        return _healthCheckFailed || (_plan is { } plan && plan.Chooses(worker)) || (_parent is not null && _parent.ShouldClose(worker));
    }

    private sealed record DrainPlan(long Start, long Duration)
    {
        // Envoy's gradual strategy: the chance grows in step with the time spent draining, so that clients do not all reconnect at once.
        public bool Chooses(Worker worker)
        {
            var elapsed = worker.Now - Start;
            return elapsed >= Duration || (long)(worker.Random.Next() % (ulong)Duration) < elapsed;
        }
    }
}
