using Proxy.Configuration;

namespace Proxy.Discovery.V3.Common;

/// <summary>What a bootstrap itself says about runtime features.</summary>
internal static class RuntimeFeatures
{
    /// <summary>Whether the static layers turn on a feature that is off by itself; a later layer holds.</summary>
    public static bool IsOn(this ConfigList<RuntimeLayerConfig> layers, string key) =>
        layers.OfType<StaticRuntimeLayerConfig>().SelectMany(static layer => layer.Values).LastOrDefault(value => value.Key == key)?.Value == "true";
}
