using Proxy.Stats;

namespace Proxy.Clusters;

/// <summary>Stats of a cluster under <c>cluster.NAME.</c></summary>
internal static class ClusterStats
{
    public static readonly StatSchema Schema = new();

    // Connections: counted by the pools.
    public static readonly CounterId ConnectionTotal = Schema.Counter("upstream_cx_total");
    public static readonly CounterId ConnectionHttp1Total = Schema.Counter("upstream_cx_http1_total");
    public static readonly CounterId ConnectionHttp2Total = Schema.Counter("upstream_cx_http2_total");
    public static readonly CounterId ConnectFail = Schema.Counter("upstream_cx_connect_fail");
    public static readonly CounterId ConnectTimeout = Schema.Counter("upstream_cx_connect_timeout");
    public static readonly CounterId ConnectAttemptsExceeded = Schema.Counter("upstream_cx_connect_attempts_exceeded");
    public static readonly CounterId ConnectionOverflow = Schema.Counter("upstream_cx_overflow");
    public static readonly CounterId ConnectionPoolOverflow = Schema.Counter("upstream_cx_pool_overflow");
    public static readonly CounterId NoneHealthy = Schema.Counter("upstream_cx_none_healthy");
    public static readonly CounterId Destroy = Schema.Counter("upstream_cx_destroy");
    public static readonly CounterId DestroyLocal = Schema.Counter("upstream_cx_destroy_local");
    public static readonly CounterId DestroyRemote = Schema.Counter("upstream_cx_destroy_remote");
    public static readonly CounterId DestroyWithActive = Schema.Counter("upstream_cx_destroy_with_active_rq");
    public static readonly CounterId DestroyLocalWithActive = Schema.Counter("upstream_cx_destroy_local_with_active_rq");
    public static readonly CounterId DestroyRemoteWithActive = Schema.Counter("upstream_cx_destroy_remote_with_active_rq");
    public static readonly CounterId ConnectionIdleTimeout = Schema.Counter("upstream_cx_idle_timeout");
    public static readonly CounterId ConnectionMaxDuration = Schema.Counter("upstream_cx_max_duration_reached");
    public static readonly CounterId ConnectionMaxRequests = Schema.Counter("upstream_cx_max_requests");
    public static readonly CounterId ConnectionProtocolError = Schema.Counter("upstream_cx_protocol_error");
    public static readonly CounterId ConnectionCloseNotify = Schema.Counter("upstream_cx_close_notify");
    public static readonly CounterId BytesReceived = Schema.Counter("upstream_cx_rx_bytes_total");
    public static readonly CounterId BytesSent = Schema.Counter("upstream_cx_tx_bytes_total");
    public static readonly CounterId BackedUp = Schema.Counter("upstream_flow_control_backed_up_total");
    public static readonly CounterId Drained = Schema.Counter("upstream_flow_control_drained_total");
    public static readonly CounterId PausedReading = Schema.Counter("upstream_flow_control_paused_reading_total");
    public static readonly CounterId ResumedReading = Schema.Counter("upstream_flow_control_resumed_reading_total");
    public static readonly CounterId BindErrors = Schema.Counter("bind_errors");
    public static readonly GaugeId ConnectionActive = Schema.Gauge("upstream_cx_active");
    public static readonly GaugeId BytesReceivedBuffered = Schema.Gauge("upstream_cx_rx_bytes_buffered");
    public static readonly GaugeId BytesSentBuffered = Schema.Gauge("upstream_cx_tx_bytes_buffered");
    public static readonly HistogramId ConnectTime = Schema.Histogram("upstream_cx_connect_ms", StatUnit.Milliseconds);
    public static readonly HistogramId ConnectionLength = Schema.Histogram("upstream_cx_length_ms", StatUnit.Milliseconds);

    // Requests: counted by the pools.
    public static readonly CounterId RequestTotal = Schema.Counter("upstream_rq_total");
    public static readonly CounterId RequestPendingTotal = Schema.Counter("upstream_rq_pending_total");
    public static readonly CounterId RequestPendingOverflow = Schema.Counter("upstream_rq_pending_overflow");
    public static readonly CounterId RequestPendingFailureEject = Schema.Counter("upstream_rq_pending_failure_eject");
    public static readonly CounterId RequestActiveOverflow = Schema.Counter("upstream_rq_active_overflow");
    public static readonly CounterId RequestCancelled = Schema.Counter("upstream_rq_cancelled");
    public static readonly GaugeId RequestActive = Schema.Gauge("upstream_rq_active");
    public static readonly GaugeId RequestPendingActive = Schema.Gauge("upstream_rq_pending_active");
    public static readonly HistogramId RequestsPerConnection = Schema.Histogram("upstream_rq_per_cx", StatUnit.None);

    // Outcomes: counted by whoever sends the request.
    public static readonly CounterId RequestCompleted = Schema.Counter("upstream_rq_completed");
    public static readonly CounterId RequestTimeout = Schema.Counter("upstream_rq_timeout");
    public static readonly CounterId RequestMaxDuration = Schema.Counter("upstream_rq_max_duration_reached");
    public static readonly CounterId RequestPerTryTimeout = Schema.Counter("upstream_rq_per_try_timeout");
    public static readonly CounterId RequestPerTryIdleTimeout = Schema.Counter("upstream_rq_per_try_idle_timeout");
    public static readonly CounterId RequestReceivedReset = Schema.Counter("upstream_rq_rx_reset");
    public static readonly CounterId RequestSentReset = Schema.Counter("upstream_rq_tx_reset");
    public static readonly CounterId RequestMaintenanceMode = Schema.Counter("upstream_rq_maintenance_mode");
    public static readonly CounterId RequestRetry = Schema.Counter("upstream_rq_retry");
    public static readonly CounterId RequestRetrySuccess = Schema.Counter("upstream_rq_retry_success");
    public static readonly CounterId RequestRetryOverflow = Schema.Counter("upstream_rq_retry_overflow");
    public static readonly CounterId RequestRetryLimitExceeded = Schema.Counter("upstream_rq_retry_limit_exceeded");
    public static readonly CounterId RequestRetryBackoffExponential = Schema.Counter("upstream_rq_retry_backoff_exponential");
    public static readonly CounterId RequestRetryBackoffRateLimited = Schema.Counter("upstream_rq_retry_backoff_ratelimited");
    public static readonly CounterId RetriedCompleted = Schema.Counter("retry.upstream_rq_completed");
    public static readonly CodeFamilyId RetriedCodes = Schema.CodeFamily("retry.upstream_rq_");
    public static readonly CounterId Retried4xx = Schema.Counter("retry.upstream_rq_4xx");
    public static readonly CounterId Retried5xx = Schema.Counter("retry.upstream_rq_5xx");
    public static readonly CounterId RequestAbandoned = Schema.Counter("retry_or_shadow_abandoned");
    public static readonly CounterId InternalRedirectFailed = Schema.Counter("upstream_internal_redirect_failed_total");
    public static readonly CounterId InternalRedirectSucceeded = Schema.Counter("upstream_internal_redirect_succeeded_total");
    public static readonly CounterId Request1xx = Schema.Counter("upstream_rq_1xx");
    public static readonly CounterId Request2xx = Schema.Counter("upstream_rq_2xx");
    public static readonly CounterId Request3xx = Schema.Counter("upstream_rq_3xx");
    public static readonly CounterId Request4xx = Schema.Counter("upstream_rq_4xx");
    public static readonly CounterId Request5xx = Schema.Counter("upstream_rq_5xx");
    public static readonly CodeFamilyId RequestCodes = Schema.CodeFamily("upstream_rq_");
    public static readonly HistogramId RequestTime = Schema.Histogram("upstream_rq_time", StatUnit.Milliseconds);

    /// <summary>Outcomes of requests from inside.</summary>
    public static readonly OriginStats Internal = OriginStats.Declare(Schema, "internal.");

    /// <summary>Outcomes of all other requests.</summary>
    public static readonly OriginStats External = OriginStats.Declare(Schema, "external.");

    // Balancing: counted where a host is picked.
    public static readonly CounterId HealthyPanic = Schema.Counter("lb_healthy_panic");

    public static readonly CounterId OriginalDestinationInvalid = Schema.Counter("original_dst_host_invalid");

    // Membership and discovery: counted on main.
    public static readonly CounterId MembershipChange = Schema.Counter("membership_change");
    public static readonly GaugeId MembershipTotal = Schema.Gauge("membership_total");
    public static readonly GaugeId MembershipHealthy = Schema.Gauge("membership_healthy");
    public static readonly GaugeId MembershipDegraded = Schema.Gauge("membership_degraded");
    public static readonly GaugeId MembershipExcluded = Schema.Gauge("membership_excluded");
    public static readonly GaugeId MaxHostWeight = Schema.Gauge("max_host_weight");
    public static readonly GaugeId Version = Schema.Gauge("version");
    public static readonly GaugeId WarmingState = Schema.Gauge("warming_state");
    public static readonly CounterId UpdateAttempt = Schema.Counter("update_attempt");
    public static readonly CounterId UpdateSuccess = Schema.Counter("update_success");
    public static readonly CounterId UpdateFailure = Schema.Counter("update_failure");
    public static readonly CounterId UpdateRejected = Schema.Counter("update_rejected");
    public static readonly CounterId UpdateEmpty = Schema.Counter("update_empty");
    public static readonly CounterId UpdateNoRebuild = Schema.Counter("update_no_rebuild");
    public static readonly CounterId AssignmentStale = Schema.Counter("assignment_stale");
    public static readonly CounterId AssignmentTimeout = Schema.Counter("assignment_timeout_received");

    /// <summary>Circuit breakers by <see cref="RequestPriority"/>: set on main when stats are read.</summary>
    public static readonly BreakerGauges[] Breakers = [BreakerGauges.Declare(Schema, "default"), BreakerGauges.Declare(Schema, "high")];
}

/// <summary>Gauges of one priority's circuit breakers, by <see cref="Breakers.BreakerResource"/>.</summary>
internal sealed record BreakerGauges(GaugeId[] Open, GaugeId[] Remaining)
{
    public static BreakerGauges Declare(StatSchema schema, string priority)
    {
        var prefix = $"circuit_breakers.{priority}.";
        string[] open = ["cx_open", "rq_pending_open", "rq_open", "rq_retry_open"];
        string[] remaining = ["remaining_cx", "remaining_pending", "remaining_rq", "remaining_retries"];
        return new BreakerGauges(
            [.. open.Select(name => schema.Gauge(prefix + name))],
            [.. remaining.Select(name => schema.Gauge(prefix + name))]);
    }
}

/// <summary>Outcomes of requests to hosts that try something new out, under <c>cluster.NAME.canary.</c> from the first one on.</summary>
internal static class CanaryStats
{
    public static readonly StatSchema Schema = new();
    public static readonly OriginStats Outcomes = OriginStats.Declare(Schema, "");
}

/// <summary>Outcomes by where requests come from.</summary>
internal sealed record OriginStats(CounterId Completed, CodeFamilyId Codes, CounterId[] Classes)
{
    public static OriginStats Declare(StatSchema schema, string prefix)
    {
        return new OriginStats(
            schema.Counter(prefix + "upstream_rq_completed"),
            schema.CodeFamily(prefix + "upstream_rq_"),
            [.. Enumerable.Range(1, 5).Select(digit => schema.Counter($"{prefix}upstream_rq_{digit}xx"))]);
    }
}
