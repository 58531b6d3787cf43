namespace Proxy.Configuration.Clusters;

/// <summary>Takes hosts that keep failing out for a while (Envoy <c>cluster.v3.OutlierDetection</c>).</summary>
public sealed record OutlierDetectionConfig
{
    /// <summary>Failures in a row, of any kind, that eject a host. Default 5.</summary>
    public uint Consecutive5xx { get; init; } = 5;

    /// <summary>Gateway failures (502, 503, 504) in a row that eject a host. Default 5.</summary>
    public uint ConsecutiveGatewayFailure { get; init; } = 5;

    /// <summary>Failures on this side in a row that eject a host, when they are counted apart. Default 5.</summary>
    public uint ConsecutiveLocalOriginFailure { get; init; } = 5;

    /// <summary>Time between two looks at the rates, and at who may come back. Default 10 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the first ejection lasts; the next ones last as many times as long as there were. Default 30 s.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an ejection lasts at most; null is 300 s, or <see cref="BaseEjectionTime"/> when that is longer.</summary>
    public TimeSpan? MaxEjectionTime { get; init; }

    /// <summary>Added to an ejection at random, at most this much. Default none.</summary>
    public TimeSpan MaxEjectionTimeJitter { get; init; }

    /// <summary>No further host is ejected once this share of the cluster is, in percent. Default 10.</summary>
    public uint MaxEjectionPercent { get; init; } = 10;

    /// <summary>One host may be ejected whatever <see cref="MaxEjectionPercent"/> says. Default false.</summary>
    public bool AlwaysEjectOneHost { get; init; }

    /// <summary>Counts what went wrong on this side (connecting, time) apart from what hosts answer. Default false.</summary>
    public bool SplitExternalLocalOriginErrors { get; init; }

    /// <summary>An ejected host that passes an active health check comes back at once. Default true.</summary>
    public bool SuccessfulActiveHealthCheckUnejectHost { get; init; } = true;

    /// <summary>Chances in a hundred that a detection has an effect.</summary>
    public OutlierEnforcementConfig Enforcing { get; init; } = new();

    /// <summary>Hosts whose share of successes is far below the others'.</summary>
    public SuccessRateConfig SuccessRate { get; init; } = new();

    /// <summary>Hosts whose share of failures is above a fixed one.</summary>
    public FailurePercentageConfig FailurePercentage { get; init; } = new();
}

/// <summary>Chances in a hundred that a detection ejects (Envoy <c>enforcing_…</c>).</summary>
public sealed record OutlierEnforcementConfig
{
    /// <summary>Failures in a row. Default 100.</summary>
    public uint Consecutive5xx { get; init; } = 100;

    /// <summary>Gateway failures in a row. Default 0.</summary>
    public uint ConsecutiveGatewayFailure { get; init; }

    /// <summary>Failures on this side in a row. Default 100.</summary>
    public uint ConsecutiveLocalOriginFailure { get; init; } = 100;

    /// <summary>Share of successes. Default 100.</summary>
    public uint SuccessRate { get; init; } = 100;

    /// <summary>Share of successes on this side. Default 100.</summary>
    public uint LocalOriginSuccessRate { get; init; } = 100;

    /// <summary>Share of failures. Default 0.</summary>
    public uint FailurePercentage { get; init; }

    /// <summary>Share of failures on this side. Default 0.</summary>
    public uint LocalOriginFailurePercentage { get; init; }
}

/// <summary>When shares of successes are compared (Envoy <c>success_rate_…</c>).</summary>
/// <param name="MinimumHosts">Hosts with enough requests that there must be. Default 5.</param>
/// <param name="RequestVolume">Requests in an interval that a host must have had. Default 100.</param>
/// <param name="DeviationFactor">Thousandths of the standard deviation that a host may be below the mean. Default 1900.</param>
public sealed record SuccessRateConfig(uint MinimumHosts = 5, uint RequestVolume = 100, uint DeviationFactor = 1900);

/// <summary>When shares of failures are looked at (Envoy <c>failure_percentage_…</c>).</summary>
/// <param name="Threshold">Failures in a hundred that eject a host. Default 85.</param>
/// <param name="MinimumHosts">Hosts with enough requests that there must be. Default 5.</param>
/// <param name="RequestVolume">Requests in an interval that a host must have had. Default 50.</param>
public sealed record FailurePercentageConfig(uint Threshold = 85, uint MinimumHosts = 5, uint RequestVolume = 50);
