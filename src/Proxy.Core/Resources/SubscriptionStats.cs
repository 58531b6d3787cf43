using Proxy.Stats;

namespace Proxy.Resources;

/// <summary>Stats of one subscription, under its owner's prefix.</summary>
internal static class SubscriptionStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Attempt = Schema.Counter("update_attempt");
    public static readonly CounterId Failure = Schema.Counter("update_failure");
    public static readonly CounterId Rejected = Schema.Counter("update_rejected");
    public static readonly CounterId Success = Schema.Counter("update_success");
}

/// <summary>Stats of one subscription that have no namesake among those of its owner.</summary>
internal static class SubscriptionStateStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId InitialFetchTimeout = Schema.Counter("init_fetch_timeout");
    public static readonly GaugeId Time = Schema.Gauge("update_time");
    public static readonly GaugeId Version = Schema.Gauge("version");
    public static readonly HistogramId Duration = Schema.Histogram("update_duration", StatUnit.Milliseconds);
}

/// <summary>What a changed configuration counts, besides the subscription's own stats.</summary>
internal static class ReloadStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Reload = Schema.Counter("config_reload");
    public static readonly GaugeId Time = Schema.Gauge("config_reload_time_ms");
}

/// <summary>What route tables count besides.</summary>
internal static class RouteReloadStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Empty = Schema.Counter("update_empty");
}
