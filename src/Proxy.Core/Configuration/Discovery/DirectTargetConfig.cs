using Proxy.Configuration.Tls;

namespace Proxy.Configuration.Discovery;

/// <summary>A control plane that is reached without a cluster (Envoy <c>GrpcService.GoogleGrpc</c>).</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port.</param>
/// <param name="StatPrefix">Its streams are counted under <c>grpc.PREFIX.</c></param>
public sealed record DirectTargetConfig(string Host, int Port, string StatPrefix)
{
    /// <summary>How TLS is spoken; null for plain text.</summary>
    public DirectTlsConfig? Tls { get; init; }

    /// <summary>Sent with every call as a bearer token; empty for none. Only with <see cref="Tls"/>.</summary>
    public string AccessToken { get; init; } = "";

    /// <summary>Leaves out the token, which is a secret.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>TLS towards a control plane that is reached without a cluster (Envoy <c>GoogleGrpc.SslCredentials</c>).</summary>
public sealed record DirectTlsConfig
{
    /// <summary>Who may sign its certificate, in PEM; null for those the system trusts.</summary>
    public TlsBytes? Roots { get; init; }

    /// <summary>The proxy's own certificate, in PEM; null for none.</summary>
    public TlsBytes? Chain { get; init; }

    /// <summary>Key of <see cref="Chain"/>, in PEM.</summary>
    public TlsBytes? PrivateKey { get; init; }
}
