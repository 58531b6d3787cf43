namespace Proxy.Configuration.Discovery;

/// <summary>Stands in a chain for the configuration of a filter that comes from elsewhere, under the filter's name (Envoy <c>core.v3.ExtensionConfigSource</c>).</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="TypeNames">Full names of the messages that it may be. At least one.</param>
public sealed record DiscoveredFilterConfig(ConfigSourceConfig Source, ConfigList<string> TypeNames)
{
    /// <summary>The filter's own configuration record while nothing has come, or when it is gone; null for none: requests and connections are then refused.</summary>
    public object? Default { get; init; }

    /// <summary>Does not wait for the first answer but begins with <see cref="Default"/> (<c>apply_default_config_without_warming</c>). Default false.</summary>
    public bool StartsWithDefault { get; init; }
}
