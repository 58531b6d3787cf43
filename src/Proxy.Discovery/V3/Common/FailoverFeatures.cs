using Proxy.Configuration;

namespace Proxy.Discovery.V3.Common;

/// <summary>What the runtime features of a bootstrap say about a second place of the control plane. Only static layers are there when the stream is made.</summary>
/// <param name="IsSupported">There may be one.</param>
/// <param name="ReturnsToPrimary">When it is lost, the first is tried again.</param>
internal readonly record struct FailoverFeatures(bool IsSupported, bool ReturnsToPrimary)
{
    private const string Support = "envoy.restart_features.xds_failover_support";
    private const string Return = "envoy.reloadable_features.xds_failover_to_primary_enabled";

    /// <summary>How many places a control plane may have.</summary>
    public int MaxServices => IsSupported ? 2 : 1;

    public static FailoverFeatures Of(ConfigList<RuntimeLayerConfig> layers) => new(layers.IsOn(Support), layers.IsOn(Return));
}
