using Proxy.Stats;

namespace Proxy.Hosting;

/// <summary>Stats of the whole process, under <c>server.</c></summary>
internal static class ServerStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId DynamicUnknownFields = Schema.Counter("dynamic_unknown_fields");
    public static readonly CounterId StaticUnknownFields = Schema.Counter("static_unknown_fields");
    public static readonly GaugeId Concurrency = Schema.Gauge("concurrency");
    public static readonly GaugeId FirstCertificateExpiry = Schema.Gauge("days_until_first_cert_expiring");
    public static readonly GaugeId HotRestartEpoch = Schema.Gauge("hot_restart_epoch");
    public static readonly GaugeId Live = Schema.Gauge("live");
    public static readonly GaugeId MemoryAllocated = Schema.Gauge("memory_allocated");
    public static readonly GaugeId MemoryHeapSize = Schema.Gauge("memory_heap_size");
    public static readonly GaugeId MemoryPhysicalSize = Schema.Gauge("memory_physical_size");
    public static readonly GaugeId ParentConnections = Schema.Gauge("parent_connections");
    public static readonly GaugeId FirstStapleExpiry = Schema.Gauge("seconds_until_first_ocsp_response_expiring");
    public static readonly GaugeId State = Schema.Gauge("state");
    public static readonly GaugeId TotalConnections = Schema.Gauge("total_connections");
    public static readonly GaugeId Uptime = Schema.Gauge("uptime");
    public static readonly HistogramId InitializationTime = Schema.Histogram("initialization_time_ms", StatUnit.Milliseconds);
}
