using System.Net.Security;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Tls.Hello;

namespace Proxy.Tls.Portable;

/// <summary>TLS towards clients.</summary>
internal sealed class PortableServerContext : PortableContext
{
    private readonly CertificateChooser<PortableCertificate> _chooser;
    private readonly CipherList _suites = CipherList.Parse("")!;
    private readonly byte[] _protocols;
    private readonly bool _asks;
    private readonly bool _resumes;

    public PortableServerContext(DownstreamTlsConfig config)
        : base(config.Common, TlsVersion.Tls13)
    {
        if (Loaded.Length == 0)
        {
            throw new ConfigException("common_tls_context.tls_certificates", "a server needs a certificate");
        }

        _chooser = new CertificateChooser<PortableCertificate>(Loaded.Select(static c => (c, c.Info, c.EcdsaBits)), config.FullScanOnNameMismatch);
        _protocols = AlpnList.Encode(config.Common.ApplicationProtocols);
        _asks = Validation is { Checks: true };
        _resumes = !config.DisableStatelessResumption;
        NeedsClientCertificate = _asks && (config.RequireClientCertificate || Validation!.NeedsCertificate);
    }

    /// <summary>Clients without a certificate are refused.</summary>
    public bool NeedsClientCertificate { get; }

    public override TlsSession CreateSession(in TlsSessionOptions options) => new PortableServerSession(this);

    /// <summary>What a session does for a client that says <paramref name="hello"/>.</summary>
    /// <param name="hello">It; default for one that cannot be read.</param>
    /// <param name="callback">Checks the client's certificate.</param>
    /// <param name="certificate">The one that is shown.</param>
    public SslServerAuthenticationOptions CreateOptions(in ClientHello hello, RemoteCertificateValidationCallback callback, out PortableCertificate certificate)
    {
        certificate = Choose(hello);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            EnabledSslProtocols = Versions,
            ApplicationProtocols = Agree(hello),
            ClientCertificateRequired = _asks,
            RemoteCertificateValidationCallback = callback,
            CertificateChainPolicy = Validation?.CreatePolicy(),
            AllowTlsResume = _resumes,
            AllowRenegotiation = false,
        };
    }

    private PortableCertificate Choose(in ClientHello hello)
    {
        hello.TryGetServerName(out var name);
        var ecdsa = hello.Numbers(ClientHello.VersionsExtension, shortLength: true).IndexOf("\x03\x04"u8) >= 0
            ? EcdsaCurves.OfAlgorithms(hello.Numbers(ClientHello.SignatureAlgorithmsExtension))
            : EcdsaCurves.OfGroups(hello.Numbers(ClientHello.GroupsExtension), hello.Suites, _suites);
        return _chooser.Choose(Encoding.Latin1.GetString(name), ecdsa, static _ => true)!;
    }

    // Only what both have: where that is nothing, SslStream would refuse the client.
    private List<SslApplicationProtocol>? Agree(in ClientHello hello) =>
        hello.TryGetProtocols(out var offered) && AlpnList.Choose(_protocols, offered, out var length) is >= 0 and var place
            ? [new SslApplicationProtocol(offered.Slice(place, length).ToArray())]
            : null;
}
