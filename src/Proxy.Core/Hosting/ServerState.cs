namespace Proxy.Hosting;

/// <summary>Where a proxy is in its life (Envoy <c>ServerInfo.State</c>).</summary>
public enum ServerState
{
    /// <summary>It takes traffic.</summary>
    Live,

    /// <summary>It is leaving.</summary>
    Draining,

    /// <summary>It waits for clusters.</summary>
    PreInitializing,

    /// <summary>It waits for listeners.</summary>
    Initializing,
}
