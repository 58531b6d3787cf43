using Proxy.Stats;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>Stats of one stream to a control plane, under <c>control_plane.</c></summary>
internal static class ControlPlaneStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId RateLimitEnforced = Schema.Counter("rate_limit_enforced");
    public static readonly GaugeId ConnectedState = Schema.Gauge("connected_state");
    public static readonly GaugeId PendingRequests = Schema.Gauge("pending_requests");
}
