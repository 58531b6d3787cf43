using Proxy.Configuration.Discovery;

namespace Proxy.Configuration;

/// <summary>One layer of runtime values; a later layer of a key wins (Envoy <c>RuntimeLayer</c>).</summary>
/// <param name="Name">Unique name.</param>
public abstract record RuntimeLayerConfig(string Name);

/// <summary>Values in the configuration.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Values">The values.</param>
public sealed record StaticRuntimeLayerConfig(string Name, ConfigList<RuntimeValue> Values) : RuntimeLayerConfig(Name);

/// <summary>Values that operators set (admin <c>/runtime_modify</c>).</summary>
/// <param name="Name">Unique name.</param>
public sealed record AdminRuntimeLayerConfig(string Name) : RuntimeLayerConfig(Name);

/// <summary>Values that come from elsewhere while the proxy runs (Envoy RTDS).</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record DiscoveredRuntimeLayerConfig(string Name, string Resource, ConfigSourceConfig Source) : RuntimeLayerConfig(Name);
