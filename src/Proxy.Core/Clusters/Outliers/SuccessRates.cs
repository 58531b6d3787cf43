namespace Proxy.Clusters.Outliers;

/// <summary>How the hosts of a cluster have done over an interval.</summary>
/// <param name="Mean">Mean of the hosts that had enough requests, in percent; -1 when they were too few.</param>
/// <param name="Threshold">What a host must reach, in percent; -1 when there is nothing to compare.</param>
internal readonly record struct SuccessRates(double Mean, double Threshold)
{
    /// <summary>Nothing is known.</summary>
    public static SuccessRates None { get; } = new(-1, -1);
}
