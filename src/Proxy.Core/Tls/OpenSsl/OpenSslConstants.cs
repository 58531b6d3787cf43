namespace Proxy.Tls.OpenSsl;

/// <summary>Numbers of OpenSSL's headers.</summary>
internal static class OpenSslConstants
{
    public const int Ok = 1;

    // SSL_get_error
    public const int ErrorWantRead = 2;
    public const int ErrorZeroReturn = 6;

    // SSL_CTX_ctrl, SSL_ctrl
    public const int ControlMode = 33;
    public const int ControlSessionCacheMode = 44;
    public const int ControlSetServerName = 55;
    public const int ControlSetStatusCallback = 63;
    public const int ControlSetStatusArgument = 64;
    public const int ControlSetStatusResponse = 71;
    public const int ControlGetPeerSignatureDigest = 108;
    public const int ControlGetStatusType = 127;
    public const int ControlSetGroupsList = 92;
    public const int ControlSetSignatureAlgorithms = 98;
    public const int ControlSetClientSignatureAlgorithms = 102;
    public const int ControlSetMinimumVersion = 123;
    public const int ControlSetMaximumVersion = 124;
    public const int ControlGetNegotiatedGroup = 134;

    // SSL_MODE_…
    public const int ModeReleaseBuffers = 0x10;

    // SSL_OP_…
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionPrioritizeChaCha = 1UL << 21;
    public const ulong OptionNoRenegotiation = 1UL << 30;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionIgnoreUnexpectedEnd = 1UL << 7;

    // SSL_SESS_CACHE_…
    public const int CacheOff = 0;
    public const int CacheClient = 1;
    public const int CacheServer = 2;
    public const int CacheNoInternal = 0x300;

    // SSL_VERIFY_…
    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyFailWithoutCertificate = 2;

    // Answers of callbacks
    public const int ExtensionOk = 0;
    public const int ExtensionFatal = 2;
    public const int ExtensionNoAck = 3;
    public const int HelloSuccess = 1;
    public const int HelloError = 0;

    // SSL_EXT_TLS1_3_NEW_SESSION_TICKET
    public const uint MessageNewSessionTicket = 0x2000;

    public const int ShutdownBoth = 3;

    // X509_V_ERR_…
    public const int VerifyErrorUnspecified = 1;
    public const int VerifyErrorNotYetValid = 9;
    public const int VerifyErrorExpired = 10;
    public const int VerifyErrorInvalidPurpose = 26;
    public const int VerifyErrorApplication = 50;
    public const int VerifyErrorIpMismatch = 64;

    // X509_V_FLAG_…
    public const uint FlagCheckCrl = 0x4;
    public const uint FlagCheckCrlForAll = 0x8;
    public const uint FlagPartialChain = 0x80000;
    public const uint FlagNoCheckTime = 0x200000;

    // EXFLAG_CA
    public const uint ExtensionFlagAuthority = 0x10;

    // X509v3_KU_…
    public const uint UsageCrlSign = 0x02;
    public const uint UsageKeyCertSign = 0x04;
    public const uint UsageKeyEncipherment = 0x20;
    public const uint UsageDigitalSignature = 0x80;

    // NID_kx_rsa
    public const int KeyExchangeRsa = 1037;

    // Types of keys
    public const int KeyRsa = 6;
    public const int KeyEc = 408;

    // BIO
    public const int BioTypeSourceSink = 0x0400;
    public const int BioFlagRead = 1;
    public const int BioFlagShouldRetry = 8;
    public const int BioFlagsRetry = 0xf;
    public const int BioControlFlush = 11;

    public const int Tls13 = 0x0304;
}
