using Proxy.Stats;

namespace Proxy.Listeners;

/// <summary>Stats of a listener, under <c>listener.ADDRESS.</c></summary>
internal static class ListenerStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId ConnectionTotal = Schema.Counter("downstream_cx_total");
    public static readonly CounterId ConnectionDestroy = Schema.Counter("downstream_cx_destroy");
    public static readonly CounterId ConnectionOverflow = Schema.Counter("downstream_cx_overflow");
    public static readonly CounterId PreConnectionTimeout = Schema.Counter("downstream_pre_cx_timeout");
    public static readonly CounterId TransportTimeout = Schema.Counter("downstream_cx_transport_socket_connect_timeout");
    public static readonly CounterId ExtensionConfigMissing = Schema.Counter("extension_config_missing");
    public static readonly CounterId NetworkConfigMissing = Schema.Counter("network_extension_config_missing");
    public static readonly CounterId NoFilterChainMatch = Schema.Counter("no_filter_chain_match");
    public static readonly CounterId FilterError = Schema.Counter("downstream_listener_filter_error");
    public static readonly CounterId FilterRemoteClose = Schema.Counter("downstream_listener_filter_remote_close");
    public static readonly GaugeId ConnectionActive = Schema.Gauge("downstream_cx_active");
    public static readonly GaugeId PreConnectionActive = Schema.Gauge("downstream_pre_cx_active");
    public static readonly HistogramId ConnectionLength = Schema.Histogram("downstream_cx_length_ms", StatUnit.Milliseconds);
}

/// <summary>Stats of a listener on one worker, under <c>listener.ADDRESS.worker_N.</c></summary>
internal static class WorkerListenerStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId ConnectionTotal = Schema.Counter("downstream_cx_total");
    public static readonly GaugeId ConnectionActive = Schema.Gauge("downstream_cx_active");
}

/// <summary>Stats of all listeners, under <c>listener_manager.</c></summary>
internal static class ListenerManagerStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Added = Schema.Counter("listener_added");
    public static readonly CounterId Modified = Schema.Counter("listener_modified");
    public static readonly CounterId Removed = Schema.Counter("listener_removed");
    public static readonly CounterId Stopped = Schema.Counter("listener_stopped");
    public static readonly CounterId CreateSuccess = Schema.Counter("listener_create_success");
    public static readonly CounterId CreateFailure = Schema.Counter("listener_create_failure");
    public static readonly GaugeId Active = Schema.Gauge("total_listeners_active");
    public static readonly GaugeId Warming = Schema.Gauge("total_listeners_warming");
    public static readonly GaugeId Draining = Schema.Gauge("total_listeners_draining");
    public static readonly CounterId UpdatedInPlace = Schema.Counter("listener_in_place_updated");
    public static readonly GaugeId DrainingChains = Schema.Gauge("total_filter_chains_draining");
    public static readonly GaugeId WorkersStarted = Schema.Gauge("workers_started");
}
