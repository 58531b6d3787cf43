namespace Proxy.Configuration.Http;

/// <summary>Tells clients in a <c>proxy-status</c> header (RFC 9209) why this proxy failed (Envoy <c>HttpConnectionManager.ProxyStatusConfig</c>).</summary>
/// <remarks>Only responses with a response flag that stands for such a failure have the header.</remarks>
public sealed record ProxyStatusConfig
{
    /// <summary>Leaves out everything but the kind of failure. Default false.</summary>
    public bool RemoveDetails { get; init; }

    /// <summary>Leaves out why the connection ended. Default false.</summary>
    public bool RemoveConnectionTerminationDetails { get; init; }

    /// <summary>Leaves out the response flags. Default false.</summary>
    public bool RemoveResponseFlags { get; init; }

    /// <summary>Replaces the status by the one that RFC 9209 recommends for the failure, where it does. Default false.</summary>
    public bool SetRecommendedStatus { get; init; }

    /// <summary>This proxy goes by the id of its node. Not together with <see cref="Name"/>. Default false.</summary>
    public bool UseNodeId { get; init; }

    /// <summary>What this proxy goes by; null for the manager's <see cref="HttpConnectionManagerConfig.ServerName"/>.</summary>
    public string? Name { get; init; }
}
