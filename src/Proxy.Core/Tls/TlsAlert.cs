namespace Proxy.Tls;

/// <summary>Numbers of fatal alerts (RFC 8446, 6; RFC 6066).</summary>
internal static class TlsAlert
{
    public const byte HandshakeFailure = 40;
    public const byte UnsupportedCertificate = 43;
    public const byte CertificateUnknown = 46;
    public const byte IllegalParameter = 47;
    public const byte DecodeError = 50;
    public const byte ProtocolVersion = 70;
    public const byte UnrecognizedName = 112;
    public const byte BadCertificateHashValue = 114;
}
