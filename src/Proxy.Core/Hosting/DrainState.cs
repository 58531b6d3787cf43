namespace Proxy.Hosting;

/// <summary>Whether this proxy is leaving: set on main, read by workers.</summary>
public sealed class DrainState
{
    private volatile bool _healthCheckFailed;
    private volatile bool _draining;

    /// <summary>An operator asked for failing health checks (<c>/healthcheck/fail</c>): connections are told to close as responses go out.</summary>
    public bool HealthCheckFailed
    {
        get => _healthCheckFailed;
        set => _healthCheckFailed = value;
    }

    /// <summary>Listeners are draining: connections are told to close.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>True when connections should be closed after their current request.</summary>
    public bool ShouldClose => _healthCheckFailed || _draining;
}
