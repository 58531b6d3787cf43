namespace Proxy.Tls;

/// <summary>What the two ends of a TLS connection have agreed on. Immutable.</summary>
public sealed class TlsInfo
{
    private byte[] _sessionId = [];

    internal TlsInfo()
    {
    }

    /// <summary><c>TLSv1.2</c> and the like.</summary>
    public string Version { get; internal init; } = "";

    /// <summary>Cipher suite by OpenSSL's name.</summary>
    public string CipherSuite { get; internal init; } = "";

    /// <summary>Group of the key exchange; empty when unknown.</summary>
    internal string Curve { get; init; } = "";

    /// <summary>Application protocol agreed on (ALPN); empty for none.</summary>
    public string ApplicationProtocol { get; internal init; } = "";

    /// <summary>An earlier session was resumed.</summary>
    public bool IsResumed { get; internal init; }

    /// <summary>Id of the session; empty for none.</summary>
    public ReadOnlyMemory<byte> SessionId
    {
        get => _sessionId;
        internal init => _sessionId = value.ToArray();
    }

    /// <summary>Own certificate; null for none.</summary>
    public TlsCertificateInfo? LocalCertificate { get; internal init; }

    /// <summary>Certificate of the peer; null for none.</summary>
    public TlsCertificateInfo? PeerCertificate { get; internal init; }

    /// <summary>The peer's certificate and those it has sent behind it.</summary>
    internal IReadOnlyList<TlsCertificateInfo> PeerChain { get; init; } = [];

    /// <summary>The certificate of the peer has passed all checks, and there were some.</summary>
    public bool IsPeerValidated { get; internal init; }
}
