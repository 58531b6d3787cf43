namespace Proxy.Configuration.Http;

/// <summary>A way to find out who the client behind other proxies is (Envoy <c>original_ip_detection_extensions</c>); the first that finds an address counts.</summary>
public abstract record OriginalAddressConfig;

/// <summary>By <c>x-forwarded-for</c> (Envoy <c>original_ip_detection.xff.v3.XffConfig</c>).</summary>
public sealed record ForwardedForConfig : OriginalAddressConfig
{
    /// <summary>Trusted proxies in front of this one. Default 0. Not together with <see cref="TrustedProxies"/>.</summary>
    public int TrustedHops { get; init; }

    /// <summary>Addresses of trusted proxies: the client is the last one that is none of them, if the peer is one.</summary>
    public ConfigList<CidrRange> TrustedProxies { get; init; } = [];

    /// <summary>Leaves <c>x-forwarded-for</c> as it is instead of adding the peer. Default true.</summary>
    public bool SkipAppend { get; init; } = true;
}

/// <summary>By a header that holds the address (Envoy <c>original_ip_detection.custom_header.v3.CustomHeaderConfig</c>).</summary>
/// <param name="HeaderName">Name of the header.</param>
public sealed record HeaderAddressConfig(string HeaderName) : OriginalAddressConfig
{
    /// <summary>The address may make a request an internal one. Default false.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Status of the answer to requests without the header, or with something else in it; null lets them pass. What is no error status is 403.</summary>
    public int? RejectStatus { get; init; }
}
