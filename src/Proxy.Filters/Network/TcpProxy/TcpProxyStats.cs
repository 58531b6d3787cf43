using Proxy.Stats;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Stats under <c>tcp.PREFIX.</c></summary>
internal static class TcpProxyStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Total = Schema.Counter("downstream_cx_total");
    public static readonly CounterId NoRoute = Schema.Counter("downstream_cx_no_route");
    public static readonly CounterId BytesReceived = Schema.Counter("downstream_cx_rx_bytes_total");
    public static readonly CounterId BytesSent = Schema.Counter("downstream_cx_tx_bytes_total");
    public static readonly CounterId PausedReading = Schema.Counter("downstream_flow_control_paused_reading_total");
    public static readonly CounterId ResumedReading = Schema.Counter("downstream_flow_control_resumed_reading_total");
    public static readonly CounterId IdleTimeout = Schema.Counter("idle_timeout");
    public static readonly CounterId MaxDuration = Schema.Counter("max_downstream_connection_duration");
    public static readonly CounterId UpstreamFlushTotal = Schema.Counter("upstream_flush_total");
    public static readonly GaugeId UpstreamFlushActive = Schema.Gauge("upstream_flush_active");
}
