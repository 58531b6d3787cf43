namespace Proxy.Configuration.Http;

/// <summary>What becomes of <c>x-forwarded-client-cert</c> (Envoy <c>HttpConnectionManager.ForwardClientCertDetails</c>).</summary>
public enum ForwardClientCert
{
    /// <summary>Removed.</summary>
    Sanitize,

    /// <summary>Forwarded from clients with a certificate, removed from all others.</summary>
    ForwardOnly,

    /// <summary>As <see cref="ForwardOnly"/>, with what this client has shown added.</summary>
    AppendForward,

    /// <summary>Replaced by what this client has shown; removed from clients without a certificate.</summary>
    SanitizeSet,

    /// <summary>Forwarded whatever the client is.</summary>
    AlwaysForwardOnly,
}

/// <summary>What is told of a client's certificate besides its hash (Envoy <c>HttpConnectionManager.SetCurrentClientCertDetails</c>).</summary>
public sealed record ClientCertDetailsConfig
{
    /// <summary>The subject.</summary>
    public bool Subject { get; init; }

    /// <summary>The certificate, in PEM.</summary>
    public bool Certificate { get; init; }

    /// <summary>The chain that the client has sent, in PEM.</summary>
    public bool Chain { get; init; }

    /// <summary>DNS names.</summary>
    public bool Dns { get; init; }

    /// <summary>URI names.</summary>
    public bool Uri { get; init; }
}
