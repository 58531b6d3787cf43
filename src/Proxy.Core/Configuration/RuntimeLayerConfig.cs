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

/// <summary>Values in files of a folder, the names of which are the keys (Envoy <c>DiskLayer</c>).</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Root">A link to the tree of folders; moving another link in its place changes all values at once.</param>
/// <param name="Folder">The folder with the values below <paramref name="Root"/>, such as <c>envoy</c>.</param>
/// <param name="IsOfCluster">The values are in the folder named as the node's cluster, one level deeper.</param>
internal sealed record DiskRuntimeLayerConfig(string Name, string Root, string Folder, bool IsOfCluster) : RuntimeLayerConfig(Name)
{
    /// <summary>The folder with the values.</summary>
    public string PathFor(string cluster) => IsOfCluster ? $"{Root}/{Folder}/{cluster}" : $"{Root}/{Folder}";
}
