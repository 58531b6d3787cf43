using Proxy.Configuration.Discovery;

namespace Proxy.Resources.Extensions;

/// <summary>What kind of filter a configuration is for.</summary>
internal enum ExtensionFamily
{
    /// <summary>Of an HTTP filter chain.</summary>
    Http,

    /// <summary>Of a filter chain of a listener.</summary>
    Network,

    /// <summary>Of a listener, in front of its filter chains.</summary>
    Listener,
}

/// <summary>Which configuration.</summary>
/// <param name="Family">What it is for.</param>
/// <param name="Name">The filter's name.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record ExtensionKey(ExtensionFamily Family, string Name, ConfigSourceConfig Source)
{
    /// <summary>Prefix of its stats.</summary>
    public string StatPrefix => $"extension_config_discovery.{Kind}.{Name}.";

    private string Kind => Family switch
    {
        ExtensionFamily.Http => "http_filter",
        ExtensionFamily.Network => "network_filter",
        _ => "tcp_listener_filter",
    };
}
