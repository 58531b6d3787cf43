using System.Security.Cryptography;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>TLS towards clients.</summary>
internal sealed unsafe class OpenSslServerContext : OpenSslContext
{
    private const int StatusTypeOcsp = 1;
    private const uint RefusalExtension = 0xff5a; // never sent

    private readonly CertificateChooser<OpenSslCertificate> _chooser;
    private readonly OcspStaplePolicy _staplePolicy;
    private readonly TimeProvider _time;
    private readonly bool _prefersServer;
    private readonly bool _isTls13;

    public OpenSslServerContext(DownstreamTlsConfig config, TimeProvider time)
        : base(config.Common, LibSsl.ServerMethod(), isClient: false)
    {
        _time = time;
        _staplePolicy = config.OcspStaplePolicy;
        _isTls13 = config.Common.Parameters.Maximum is TlsVersion.Auto or TlsVersion.Tls13;
        Protocols = AlpnList.Encode(config.Common.ApplicationProtocols);
        if (Loaded.Length == 0)
        {
            throw new ConfigException("common_tls_context.tls_certificates", "a server needs a certificate");
        }

        CheckStaples();
        _chooser = new CertificateChooser<OpenSslCertificate>(Loaded.Select(static c => (c, c.Info, c.EcdsaBits)), config.FullScanOnNameMismatch);
        var first = Loaded[0];
        Use(first);
        _prefersServer = !config.PreferClientCiphers;
        if (Protocols.Length > 0)
        {
            LibSsl.SetProtocolSelector(Handle, &OpenSslCallbacks.OnProtocols, null);
        }

        LibSsl.SetClientHelloCallback(Handle, &OpenSslCallbacks.OnClientHello, null);
        LibSsl.SetCertificateCallback(Handle, &OpenSslCallbacks.OnCertificate, null);
        delegate* unmanaged<nint, void*, int> status = &OpenSslCallbacks.OnStatusRequest;
        LibSsl.ContextCallbackControl(Handle, OpenSslConstants.ControlSetStatusCallback, (void*)status);
        ApplyVerification(config);
        ApplyResumption(config);
    }

    /// <summary>Application protocols as on the wire, most wanted first.</summary>
    public byte[] Protocols { get; }

    /// <summary>Keys of tickets that are shared; null leaves them to OpenSSL.</summary>
    public OpenSslTicketKeys? TicketKeys { get; private set; }

    public override TlsSession CreateSession(in TlsSessionOptions options)
    {
        var session = new OpenSslSession(this, Handle, options);
        LibSsl.SetAcceptState(session.Ssl);
        return session;
    }

    /// <summary>A client has said hello: settles which certificate and which order of suites its session has.</summary>
    /// <returns>0 to go on, else the alert.</returns>
    public byte OnHello(nint ssl)
    {
        var hello = new OpenSslHello(ssl);
        var suites = hello.CipherSuites;
        var isTls13 = _isTls13 && hello.OffersTls13;
        if (hello.Fault(isTls13) is var fault and not 0)
        {
            return fault;
        }

        if (!isTls13 && _prefersServer)
        {
            LibSsl.SetSessionOptions(ssl, OpenSslConstants.OptionCipherServerPreference);
            if (Ciphers.HasChoices && Ciphers.OrderFor(suites) is { } ordered)
            {
                fixed (byte* text = ordered)
                {
                    _ = LibSsl.SetSessionCipherList(ssl, text);
                }
            }
        }

        return (Loaded.Length == 1 && _staplePolicy == OcspStaplePolicy.Lenient) || ChooseCertificate(ssl, hello, isTls13) ? (byte)0 : TlsAlert.HandshakeFailure;
    }

    /// <summary>Adds the OCSP response of the session's certificate to its answer.</summary>
    public bool Staple(nint ssl)
    {
        var leaf = LibSsl.LocalCertificate(ssl);
        if (LibSsl.Control(ssl, OpenSslConstants.ControlGetStatusType, 0, null) != StatusTypeOcsp)
        {
            return false;
        }

        var session = OpenSslSession.Of(ssl);
        session.StapleAnswered = false;
        if (Array.Find(Loaded, certificate => certificate.Leaf == leaf)?.Staple is not { } staple
            || !staple.IsCurrent(_time.GetUtcNow()))
        {
            return false;
        }

        var copy = LibCrypto.Allocate((nuint)staple.Encoded.Length, null, 0); // which the session frees
        staple.Encoded.CopyTo(new Span<byte>(copy, staple.Encoded.Length));
        session.StapleAnswered = LibSsl.Control(ssl, OpenSslConstants.ControlSetStatusResponse, staple.Encoded.Length, copy) == OpenSslConstants.Ok;
        return session.StapleAnswered.Value;
    }

    private bool ChooseCertificate(nint ssl, in OpenSslHello hello, bool isTls13)
    {
        var ecdsa = isTls13
            ? EcdsaCurves.OfAlgorithms(hello.Algorithms)
            : EcdsaCurves.OfGroups(hello.SupportedGroups, hello.CipherSuites, Ciphers);
        var name = Encoding.Latin1.GetString(hello.Name);
        var certificate = _chooser.Choose(name, ecdsa, CanServe);
        if (certificate is null || certificate == Loaded[0])
        {
            return certificate is not null;
        }

        LibSsl.ClearCertificates(ssl); // or OpenSSL might pick the first one, which has another kind of key
        return LibSsl.UseCertificate(ssl, certificate.Leaf, certificate.Key, certificate.Chain, 1) == OpenSslConstants.Ok;
    }

    // An old response makes its certificate useless where the policy is not lenient.
    private bool CanServe(OpenSslCertificate certificate) => _staplePolicy switch
    {
        OcspStaplePolicy.Lenient => true,
        OcspStaplePolicy.Strict => certificate.Staple?.IsCurrent(_time.GetUtcNow()) ?? true,
        _ => certificate.Staple?.IsCurrent(_time.GetUtcNow()) ?? false,
    };

    private void CheckStaples()
    {
        if (_staplePolicy == OcspStaplePolicy.MustStaple && Array.Exists(Loaded, static certificate => certificate.Staple is null))
        {
            throw new ConfigException("common_tls_context.tls_certificates", "ocsp_staple_policy MUST_STAPLE needs an OCSP response for each certificate");
        }
    }

    // Names and pins are only worth something when there is a certificate.
    private void ApplyVerification(DownstreamTlsConfig config)
    {
        if (Validation is not { Checks: true } validation)
        {
            return;
        }

        var must = config.RequireClientCertificate || validation.Domains is not null || (validation.Verifier.HasNames && !validation.Config.AcceptUntrusted);
        if (validation.Verifier.HasPins)
        {
            _ = LibSsl.AddExtension(Handle, RefusalExtension, OpenSslConstants.MessageNewSessionTicket, &OpenSslCallbacks.OnTicketExtension, 0, 0, 0, 0);
        }

        LibSsl.SetVerify(Handle, OpenSslConstants.VerifyPeer | (must ? OpenSslConstants.VerifyFailWithoutCertificate : 0), 0);
    }

    private void ApplyResumption(DownstreamTlsConfig config)
    {
        var id = SessionContext(config);
        fixed (byte* bytes = id)
        {
            _ = LibSsl.SetSessionIdContext(Handle, bytes, (uint)id.Length);
        }

        LibSsl.SetTimeout(Handle, (nint)(config.SessionTimeout ?? TimeSpan.FromHours(2)).TotalSeconds);
        LibSsl.ContextControl(
            Handle, OpenSslConstants.ControlSessionCacheMode, config.DisableStatefulResumption ? OpenSslConstants.CacheOff : OpenSslConstants.CacheServer, null);
        if (config.DisableStatelessResumption)
        {
            LibSsl.SetOptions(Handle, OpenSslConstants.OptionNoTicket);
            _ = LibSsl.SetTicketCount(Handle, 0);
        }
        else if (config.SessionTicketKeys.Count > 0)
        {
            TicketKeys = OpenSslTicketKeys.Read(config.SessionTicketKeys);
            _ = LibSsl.SetTicketCallback(Handle, &OpenSslCallbacks.OnTicket);
        }
    }

    // A session is resumed only where the same certificates are shown and the same are asked for, in this process or in one that shares the keys.
    private byte[] SessionContext(DownstreamTlsConfig config)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Loaded.Select(static certificate => certificate.Info.Sha256)).Append('|').Append(config.RequireClientCertificate).Append('|');
        if (Validation is { } validation)
        {
            text.AppendJoin(',', validation.Roots.Select(static root => root.Info.Sha256)).AppendJoin(',', validation.Config.CertificatePins)
                .AppendJoin(',', validation.Config.SpkiPins).AppendJoin(',', validation.Config.SubjectAltNames)
                .AppendJoin(',', validation.Domains?.Describe() ?? []);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
