using Proxy.Stats;

namespace Proxy.Http.H2;

/// <summary>Stats of HTTP/2 codecs: <c>http2.</c> towards clients, over all connection managers of the process, and <c>cluster.NAME.http2.</c></summary>
internal static class Http2Stats
{
    public const string Prefix = "http2.";
    public static readonly StatSchema Schema = new();
    public static readonly CounterId DroppedUnderscores = Schema.Counter("dropped_headers_with_underscores");
    public static readonly CounterId GoAwaySent = Schema.Counter("goaway_sent");
    public static readonly CounterId HeaderListTooLarge = Schema.Counter("header_list_size_too_large");
    public static readonly CounterId HeaderOverflow = Schema.Counter("header_overflow");
    public static readonly CounterId HeadersWithoutStream = Schema.Counter("headers_cb_no_stream");
    public static readonly CounterId EmptyFramesFlood = Schema.Counter("inbound_empty_frames_flood");
    public static readonly CounterId PriorityFlood = Schema.Counter("inbound_priority_frames_flood");
    public static readonly CounterId WindowUpdateFlood = Schema.Counter("inbound_window_update_frames_flood");
    public static readonly CounterId KeepaliveTimeout = Schema.Counter("keepalive_timeout");
    public static readonly CounterId OutboundControlFlood = Schema.Counter("outbound_control_flood");
    public static readonly CounterId OutboundFlood = Schema.Counter("outbound_flood");
    public static readonly CounterId RejectedUnderscores = Schema.Counter("requests_rejected_with_underscores_in_headers");
    public static readonly CounterId MessagingError = Schema.Counter("rx_messaging_error");
    public static readonly CounterId ResetReceived = Schema.Counter("rx_reset");
    public static readonly CounterId StreamRefused = Schema.Counter("stream_refused_errors");
    public static readonly CounterId Trailers = Schema.Counter("trailers");
    public static readonly CounterId FlushTimeout = Schema.Counter("tx_flush_timeout");
    public static readonly CounterId ResetSent = Schema.Counter("tx_reset");
    public static readonly GaugeId StreamsActive = Schema.Gauge("streams_active");
    public static readonly GaugeId PendingSendBytes = Schema.Gauge("pending_send_bytes");
    public static readonly GaugeId OutboundFrames = Schema.Gauge("outbound_frames_active");
    public static readonly GaugeId OutboundControlFrames = Schema.Gauge("outbound_control_frames_active");

    static Http2Stats()
    {
        // Never counted: metadata is not served, and there is one implementation.
        Schema.Counter("metadata_empty_frames");
        Schema.Counter("cookies_total_bytes_too_large");
        Schema.Gauge("deferred_stream_close");
    }
}
