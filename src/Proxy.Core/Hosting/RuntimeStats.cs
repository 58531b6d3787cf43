using Proxy.Stats;

namespace Proxy.Hosting;

/// <summary>Stats of the runtime values, under <c>runtime.</c></summary>
internal static class RuntimeStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Loaded = Schema.Counter("load_success");
    public static readonly CounterId Failed = Schema.Counter("load_error");
    public static readonly CounterId OverrideExists = Schema.Counter("override_dir_exists");
    public static readonly CounterId OverrideMissing = Schema.Counter("override_dir_not_exists");
    public static readonly GaugeId AdminOverrides = Schema.Gauge("admin_overrides_active");
    public static readonly GaugeId Keys = Schema.Gauge("num_keys");
    public static readonly GaugeId Layers = Schema.Gauge("num_layers");
}
