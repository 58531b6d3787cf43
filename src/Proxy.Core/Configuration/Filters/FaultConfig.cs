using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that delays and fails requests on purpose (Envoy <c>fault.v3.HTTPFault</c>); routes may carry one in place of the chain's.</summary>
public sealed record FaultConfig
{
    /// <summary>Answers in place of the upstream; null for not.</summary>
    public FaultAbortConfig? Abort { get; init; }

    /// <summary>Lets requests wait; null for not.</summary>
    public FaultDelayConfig? Delay { get; init; }

    /// <summary>Only requests to this cluster; empty for all.</summary>
    public string UpstreamCluster { get; init; } = "";

    /// <summary>Only requests whose headers fulfil all of these.</summary>
    public ConfigList<HeaderMatcherConfig> Headers { get; init; } = [];
}

/// <summary>A failure (Envoy <c>fault.v3.FaultAbort</c>).</summary>
/// <param name="Status">Status of the answer, 200 to 599.</param>
/// <param name="Share">Share of the requests.</param>
public sealed record FaultAbortConfig(int Status, FractionConfig Share);

/// <summary>A delay (Envoy <c>common.fault.v3.FaultDelay</c>).</summary>
/// <param name="Delay">How long.</param>
/// <param name="Share">Share of the requests.</param>
public sealed record FaultDelayConfig(TimeSpan Delay, FractionConfig Share);
