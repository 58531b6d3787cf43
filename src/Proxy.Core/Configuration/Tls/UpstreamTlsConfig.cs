namespace Proxy.Configuration.Tls;

/// <summary>TLS towards upstreams (Envoy <c>UpstreamTlsContext</c>).</summary>
public sealed record UpstreamTlsConfig
{
    /// <summary>What both sides have in common.</summary>
    public CommonTlsConfig Common { get; init; } = new();

    /// <summary>Server name asked for (SNI), sent as it is; empty for none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Asks for the name of the host; <see cref="ServerName"/> where it has none. Default false.</summary>
    public bool HostNameAsServerName { get; init; }

    /// <summary>The certificate must have the name that was asked for. Default false.</summary>
    public bool ValidateServerName { get; init; }

    /// <summary>Sessions kept to be resumed; 0 resumes none. Default 1.</summary>
    public int MaxSessions { get; init; } = 1;
}
