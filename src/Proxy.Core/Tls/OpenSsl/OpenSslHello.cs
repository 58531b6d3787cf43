namespace Proxy.Tls.OpenSsl;

/// <summary>A client hello as OpenSSL has taken it apart; lent for the callback that is told of it.</summary>
/// <param name="ssl">The session.</param>
internal readonly unsafe ref struct OpenSslHello(nint ssl)
{
    private const uint ServerName = 0;
    private const uint Groups = 10;
    private const uint SignatureAlgorithms = 13;
    private const uint PreSharedKey = 41;
    private const uint SupportedVersions = 43;

    /// <summary>Cipher suites, two bytes each.</summary>
    public ReadOnlySpan<byte> CipherSuites
    {
        get
        {
            byte* bytes = null;
            var length = LibSsl.HelloCiphers(ssl, &bytes);
            return new ReadOnlySpan<byte>(bytes, (int)length);
        }
    }

    /// <summary>The server name, whatever it is; empty for none.</summary>
    public ReadOnlySpan<byte> Name => Extension(ServerName, 5);

    /// <summary>Groups, two bytes each.</summary>
    public ReadOnlySpan<byte> SupportedGroups => Extension(Groups, 2);

    /// <summary>Algorithms that the server may sign with, two bytes each.</summary>
    public ReadOnlySpan<byte> Algorithms => Extension(SignatureAlgorithms, 2);

    /// <summary>It speaks TLS 1.3.</summary>
    public bool OffersTls13
    {
        get
        {
            for (var versions = Extension(SupportedVersions, 1); versions.Length >= 2; versions = versions[2..])
            {
                if (versions[0] == 3 && versions[1] == 4)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The alert for a hello that the reference refuses in other words than OpenSSL, or not before it has gone on; 0 for none.</summary>
    /// <param name="isTls13">TLS 1.3 is going to be spoken.</param>
    public byte Fault(bool isTls13)
    {
        if (CipherSuites.IsEmpty || Compressions.IsEmpty)
        {
            return TlsAlert.DecodeError;
        }

        if (!Compressions.Contains((byte)0))
        {
            return TlsAlert.IllegalParameter;
        }

        if (Extension(ServerName, 2) is { Length: > 0 } names && names[0] != 0)
        {
            return TlsAlert.UnrecognizedName; // a name of a kind that does not exist
        }

        return isTls13 && Algorithms.IsEmpty && Extension(PreSharedKey, 0).IsEmpty ? TlsAlert.HandshakeFailure : (byte)0;
    }

    private ReadOnlySpan<byte> Compressions
    {
        get
        {
            byte* bytes = null;
            var length = LibSsl.HelloCompressions(ssl, &bytes);
            return new ReadOnlySpan<byte>(bytes, (int)length);
        }
    }

    private ReadOnlySpan<byte> Extension(uint type, int skip)
    {
        byte* bytes = null;
        nuint length = 0;
        var found = LibSsl.HelloExtension(ssl, type, &bytes, &length) == OpenSslConstants.Ok;
        return found && (int)length > skip ? new ReadOnlySpan<byte>(bytes, (int)length)[skip..] : default;
    }
}
