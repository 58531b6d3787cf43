using System.Net.Security;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.Portable;

/// <summary>TLS towards upstreams.</summary>
internal sealed class PortableClientContext : PortableContext
{
    private readonly ConfigList<string> _protocols;
    private readonly bool _resumes;

    public PortableClientContext(UpstreamTlsConfig config)
        : base(config.Common, TlsVersion.Tls12)
    {
        if (Loaded.Length > 1)
        {
            throw new ConfigException("common_tls_context.tls_certificates", "multiple TLS certificates are not supported in client contexts");
        }

        _protocols = config.Common.ApplicationProtocols;
        _resumes = config.MaxSessions > 0;
    }

    public override TlsSession CreateSession(in TlsSessionOptions options) => new PortableClientSession(this, options);

    /// <summary>What a session does.</summary>
    public SslClientAuthenticationOptions CreateOptions(in TlsSessionOptions options, RemoteCertificateValidationCallback callback)
    {
        IReadOnlyList<string> protocols = _protocols.Count > 0 ? _protocols : options.FallbackProtocols ?? [];
        return new SslClientAuthenticationOptions
        {
            TargetHost = options.ServerName ?? "",
            EnabledSslProtocols = Versions,
            ApplicationProtocols = protocols.Count > 0 ? [.. protocols.Select(static name => new SslApplicationProtocol(name))] : null,
            ClientCertificateContext = Loaded is [var certificate] ? certificate.Context : null,
            RemoteCertificateValidationCallback = callback,
            CertificateChainPolicy = Validation?.CreatePolicy(),
            AllowTlsResume = _resumes && options.WantedNames is not { Count: > 0 }, // a resumed session shows no certificate to check names against
            AllowRenegotiation = false,
        };
    }
}
