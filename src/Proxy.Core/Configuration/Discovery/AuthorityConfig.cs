namespace Proxy.Configuration.Discovery;

/// <summary>A control plane for the resources of some authorities (Envoy <c>Bootstrap.config_sources</c>): one stream for all kinds.</summary>
/// <param name="Names">The authorities, as in names that are URIs (<c>xdstp://AUTHORITY/…</c>).</param>
/// <param name="ControlPlane">How it is reached.</param>
internal sealed record AuthorityConfig(ConfigList<string> Names, ControlPlaneConfig ControlPlane)
{
    /// <summary>Time that whoever needs a resource waits for the first answer; zero waits for ever. Default 15 s.</summary>
    public TimeSpan InitialFetchTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
