using Microsoft.Extensions.Logging;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Observability;
using Proxy.Resources;
using Proxy.Resources.Extensions;
using Proxy.Routing;
using Proxy.Routing.Discovery;
using Proxy.Routing.Scopes;
using Proxy.Stats;
using Proxy.Tls;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Hosting;

/// <summary>What a proxy lends to the filters and listeners it is made of. Lives as long as the proxy.</summary>
public sealed record FilterFactoryContext
{
    /// <summary>The proxy's main dispatcher.</summary>
    public required Worker Main { get; init; }

    /// <summary>The proxy's clusters.</summary>
    public required ClusterManager Clusters { get; init; }

    /// <summary>Where filters count; what they add leaves with the listener they belong to.</summary>
    public required StatScope Stats { get; init; }

    /// <summary>Makes access logs from their configuration.</summary>
    public required AccessLogFactory AccessLogs { get; init; }

    /// <summary>Factories of all filters, by the type of their configuration record.</summary>
    public required FilterRegistry Filters { get; init; }

    /// <summary>Makes process logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The application's services, for filters that come from DI.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>Who this proxy is.</summary>
    public required NodeConfig Node { get; init; }

    /// <summary>Runtime values.</summary>
    public required RuntimeSnapshot Runtime { get; init; }

    /// <summary>Answers whether new work should be turned away: health check failed by an operator, or draining.</summary>
    public required DrainState Drain { get; init; }

    /// <summary>What command operators in formats know about the process.</summary>
    public FormatEnvironment Formats { get; init; } = FormatEnvironment.Empty;

    /// <summary>The proxy itself, for what serves its operators; null in tests that do without one.</summary>
    public ProxyServer? Server { get; init; }

    /// <summary>What the filter waits for and lets go with its filter chain; null where nothing may be begun, as when a configuration is only checked.</summary>
    internal ResourceScope? Scope { get; init; }

    /// <summary>Route tables that checking has compiled; null where nothing was checked before.</summary>
    internal PreparedRouteTables? PreparedRoutes { get; init; }

    /// <summary>Route tables that come from elsewhere; null where there are none.</summary>
    internal RouteDiscovery? Routes { get; init; }

    /// <summary>Scopes of route tables that come from elsewhere; null where there are none.</summary>
    internal ScopeDiscovery? Scopes { get; init; }

    /// <summary>Configurations of filters that come from elsewhere; null where there are none.</summary>
    internal ExtensionDiscovery? Extensions { get; init; }

    /// <summary>Certificates and keys that come from elsewhere; null where there are none.</summary>
    internal SecretDiscovery? Secrets { get; init; }

    /// <summary>Speaks TLS.</summary>
    internal TlsEngine Tls { get; init; } = TlsEngine.Default;

    /// <summary>Writes log files; null where there is no file system.</summary>
    internal FileFlusher? Files { get; init; }

    /// <summary>Prefix of the stats of what the filter is part of: <c>http.PREFIX.</c> for HTTP filters; empty elsewhere.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>The listener that the filter belongs to; null outside of one (admin, tests).</summary>
    public ListenerConfig? Listener { get; init; }
}
