using Proxy.Stats;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Stats of a connection manager under <c>http.PREFIX.</c></summary>
internal static class HttpStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId ConnectionTotal = Schema.Counter("downstream_cx_total");
    public static readonly CounterId ConnectionHttp1Total = Schema.Counter("downstream_cx_http1_total");
    public static readonly CounterId ConnectionHttp2Total = Schema.Counter("downstream_cx_http2_total");
    public static readonly CounterId ConnectionHttp3Total = Schema.Counter("downstream_cx_http3_total");
    public static readonly CounterId ConnectionTlsTotal = Schema.Counter("downstream_cx_ssl_total");
    public static readonly CounterId ConnectionUpgradesTotal = Schema.Counter("downstream_cx_upgrades_total");
    public static readonly CounterId ConnectionDestroy = Schema.Counter("downstream_cx_destroy");
    public static readonly CounterId ConnectionDestroyRemote = Schema.Counter("downstream_cx_destroy_remote");
    public static readonly CounterId ConnectionDestroyLocal = Schema.Counter("downstream_cx_destroy_local");
    public static readonly CounterId ConnectionDestroyActive = Schema.Counter("downstream_cx_destroy_active_rq");
    public static readonly CounterId ConnectionDestroyLocalActive = Schema.Counter("downstream_cx_destroy_local_active_rq");
    public static readonly CounterId ConnectionDestroyRemoteActive = Schema.Counter("downstream_cx_destroy_remote_active_rq");
    public static readonly CounterId ConnectionBytesReceived = Schema.Counter("downstream_cx_rx_bytes_total");
    public static readonly CounterId ConnectionBytesSent = Schema.Counter("downstream_cx_tx_bytes_total");
    public static readonly CounterId ConnectionDrainClose = Schema.Counter("downstream_cx_drain_close");
    public static readonly CounterId ConnectionIdleTimeout = Schema.Counter("downstream_cx_idle_timeout");
    public static readonly CounterId ConnectionMaxDuration = Schema.Counter("downstream_cx_max_duration_reached");
    public static readonly CounterId ConnectionMaxRequests = Schema.Counter("downstream_cx_max_requests_reached");
    public static readonly CounterId ConnectionDelayedCloseTimeout = Schema.Counter("downstream_cx_delayed_close_timeout");
    public static readonly CounterId ConnectionOverload = Schema.Counter("downstream_cx_overload_disable_keepalive");
    public static readonly CounterId ConnectionProtocolError = Schema.Counter("downstream_cx_protocol_error");
    public static readonly CounterId FlowPaused = Schema.Counter("downstream_flow_control_paused_reading_total");
    public static readonly CounterId FlowResumed = Schema.Counter("downstream_flow_control_resumed_reading_total");
    public static readonly CounterId RequestTotal = Schema.Counter("downstream_rq_total");
    public static readonly CounterId RequestHttp1Total = Schema.Counter("downstream_rq_http1_total");
    public static readonly CounterId RequestHttp2Total = Schema.Counter("downstream_rq_http2_total");
    public static readonly CounterId RequestHttp3Total = Schema.Counter("downstream_rq_http3_total");
    public static readonly CounterId RequestCompleted = Schema.Counter("downstream_rq_completed");
    public static readonly CounterId Request1xx = Schema.Counter("downstream_rq_1xx");
    public static readonly CounterId Request2xx = Schema.Counter("downstream_rq_2xx");
    public static readonly CounterId Request3xx = Schema.Counter("downstream_rq_3xx");
    public static readonly CounterId Request4xx = Schema.Counter("downstream_rq_4xx");
    public static readonly CounterId Request5xx = Schema.Counter("downstream_rq_5xx");
    public static readonly CounterId RequestFailedNormalization = Schema.Counter("downstream_rq_failed_path_normalization");
    public static readonly CounterId RequestHeaderTimeout = Schema.Counter("downstream_rq_header_timeout");
    public static readonly CounterId RequestIdleTimeout = Schema.Counter("downstream_rq_idle_timeout");
    public static readonly CounterId RequestMaxDuration = Schema.Counter("downstream_rq_max_duration_reached");
    public static readonly CounterId RequestNonRelativePath = Schema.Counter("downstream_rq_non_relative_path");
    public static readonly CounterId RequestOverload = Schema.Counter("downstream_rq_overload_close");
    public static readonly CounterId RequestRedirectedNormalized = Schema.Counter("downstream_rq_redirected_with_normalized_path");
    public static readonly CounterId RequestRejectedByAddress = Schema.Counter("downstream_rq_rejected_via_ip_detection");
    public static readonly CounterId RequestAnsweredEarly = Schema.Counter("downstream_rq_response_before_rq_complete");
    public static readonly CounterId RequestReceivedReset = Schema.Counter("downstream_rq_rx_reset");
    public static readonly CounterId RequestSentReset = Schema.Counter("downstream_rq_tx_reset");
    public static readonly CounterId RequestTimeout = Schema.Counter("downstream_rq_timeout");
    public static readonly CounterId RequestTooLarge = Schema.Counter("downstream_rq_too_large");
    public static readonly CounterId RequestTooManyResets = Schema.Counter("downstream_rq_too_many_premature_resets");
    public static readonly CounterId RequestUpgradeRefused = Schema.Counter("downstream_rq_ws_on_non_ws_route");
    public static readonly CounterId ResponseTooLarge = Schema.Counter("rs_too_large");
    public static readonly GaugeId ConnectionActive = Schema.Gauge("downstream_cx_active");
    public static readonly GaugeId ConnectionHttp1Active = Schema.Gauge("downstream_cx_http1_active");
    public static readonly GaugeId ConnectionHttp1SoftDrain = Schema.Gauge("downstream_cx_http1_soft_drain");
    public static readonly GaugeId ConnectionHttp2Active = Schema.Gauge("downstream_cx_http2_active");
    public static readonly GaugeId ConnectionHttp3Active = Schema.Gauge("downstream_cx_http3_active");
    public static readonly GaugeId ConnectionTlsActive = Schema.Gauge("downstream_cx_ssl_active");
    public static readonly GaugeId ConnectionUpgradesActive = Schema.Gauge("downstream_cx_upgrades_active");
    public static readonly GaugeId RequestActive = Schema.Gauge("downstream_rq_active");
    public static readonly HistogramId ConnectionLength = Schema.Histogram("downstream_cx_length_ms", StatUnit.Milliseconds);
    public static readonly HistogramId RequestTime = Schema.Histogram("downstream_rq_time", StatUnit.Milliseconds);

    /// <summary>The counter of a class of status, 1 to 5.</summary>
    public static CounterId ClassOf(int status)
    {
        return status switch
        {
            < 200 => Request1xx,
            < 300 => Request2xx,
            < 400 => Request3xx,
            < 500 => Request4xx,
            _ => Request5xx,
        };
    }
}
