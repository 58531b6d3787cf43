namespace Proxy.Clusters;

/// <summary>What is known against a host beside what its configuration says, in the order admin shows it.</summary>
[Flags]
internal enum HealthFlags
{
    None = 0,

    /// <summary>Does not pass active health checks, or has not been checked yet.</summary>
    FailedActiveCheck = 1,

    /// <summary>Ejected by outlier detection.</summary>
    FailedOutlierCheck = 2,

    /// <summary>Passes active health checks and calls itself degraded.</summary>
    DegradedActiveCheck = 4,

    /// <summary>Not counted before its first active health check.</summary>
    PendingActiveCheck = 8,

    /// <summary>Has asked, in the answer to a health check, not to be counted.</summary>
    ExcludedByCheck = 16,

    /// <summary>Its last active health check ran out of time.</summary>
    ActiveCheckTimeout = 32,

    /// <summary>Has left its source, and is kept as long as it passes active health checks.</summary>
    PendingRemoval = 64,

    /// <summary>What active health checks say.</summary>
    ByChecks = FailedActiveCheck | DegradedActiveCheck | PendingActiveCheck | ExcludedByCheck | ActiveCheckTimeout | PendingRemoval,

    /// <summary>Not to be used.</summary>
    Failed = FailedActiveCheck | FailedOutlierCheck,

    /// <summary>Not to be counted when the share of healthy hosts is judged.</summary>
    Excluded = PendingActiveCheck | ExcludedByCheck,
}
