using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>One key of a map, with the key's own place.</summary>
internal readonly record struct ConfigEntry(string Name, ConfigNode Value, FaultPosition Position);
