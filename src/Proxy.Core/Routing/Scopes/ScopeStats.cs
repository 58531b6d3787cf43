using Proxy.Stats;

namespace Proxy.Routing.Scopes;

/// <summary>What is counted of scopes that come from elsewhere, besides the subscription.</summary>
internal static class ScopeStats
{
    public static readonly StatSchema Schema = new();
    public static readonly GaugeId All = Schema.Gauge("all_scopes");
    public static readonly GaugeId Active = Schema.Gauge("active_scopes");
    public static readonly GaugeId OnDemand = Schema.Gauge("on_demand_scopes");
    public static readonly CounterId Empty = Schema.Counter("update_empty");
}
