namespace Proxy.Tls.OpenSsl;

internal sealed unsafe partial class OpenSslSession
{
    // Not in OpenSSL's table of alerts: the peer is told certificate_unknown, as by Envoy.
    private const int ErrorWithoutAlert = 47;

    private bool _validated;
    private bool _wrongUsage;

    /// <summary>A certificate that is not pinned was let through, so that the client can be told in TLS 1.3: the handshake must not complete.</summary>
    internal bool IsRefusedLate { get; private set; }

    /// <summary>Checks the peer's certificate; sets the error that the alert is made of.</summary>
    internal bool Verify(nint storeContext)
    {
        if (!HasRightUsage(LibCrypto.StoreContextCertificate(storeContext)))
        {
            _wrongUsage = true;
            LibCrypto.StoreContextSetError(storeContext, OpenSslConstants.VerifyErrorInvalidPurpose);
            return false;
        }

        if (_context.Validation is not { } validation)
        {
            return true;
        }

        var leaf = new TlsCertificateInfo(OpenSslCertificate.Encode(LibCrypto.StoreContextCertificate(storeContext)));
        var failure = VerifyChain(validation, storeContext, leaf, out var error);
        if (failure is null)
        {
            failure = validation.Verifier.Check(leaf, _options.WantedNames ?? []);
            error = ErrorWithoutAlert;
        }

        _validated = failure is null && validation.Checks;
        VerifyFailure = failure;
        if (failure is null || validation.Config.AcceptUntrusted)
        {
            LibCrypto.StoreContextSetError(storeContext, 0);
            return true;
        }

        LibCrypto.StoreContextSetError(storeContext, error);
        return failure == TlsVerifyFailure.Pin && RefuseLate();
    }

    // Keys sign in TLS 1.3. Before, servers sign or decrypt; what clients do is not looked at.
    private bool HasRightUsage(nint certificate)
    {
        if (!_context.IsClient && LibSsl.VersionNumber(_ssl) != OpenSslConstants.Tls13)
        {
            return true;
        }

        var cipher = LibSsl.PendingCipher(_ssl);
        var needed = cipher != 0 && LibSsl.CipherKeyExchange(cipher) == OpenSslConstants.KeyExchangeRsa
            ? OpenSslConstants.UsageKeyEncipherment
            : OpenSslConstants.UsageDigitalSignature;
        return (LibCrypto.KeyUsage(certificate) & needed) != 0; // all bits are set where the certificate does not tell
    }

    private bool RefuseLate()
    {
        IsRefusedLate = !_context.IsClient && LibSsl.VersionNumber(_ssl) == OpenSslConstants.Tls13;
        if (IsRefusedLate)
        {
            _ = LibSsl.SetSessionTicketCount(_ssl, 1);
        }

        return IsRefusedLate;
    }

    private static TlsVerifyFailure? VerifyChain(OpenSslValidation validation, nint storeContext, TlsCertificateInfo leaf, out int error)
    {
        error = 0;
        if (validation.Domains is { } domains)
        {
            error = ErrorWithoutAlert;
            return domains.Verify(storeContext, leaf) ? null : TlsVerifyFailure.Chain;
        }

        if (!validation.HasRoots)
        {
            return null;
        }

        var trusted = LibCrypto.VerifyCertificate(storeContext) == OpenSslConstants.Ok;
        LibCrypto.ClearErrors();
        error = trusted ? 0 : LibCrypto.StoreContextError(storeContext);
        if (error == OpenSslConstants.VerifyErrorNotYetValid)
        {
            error = OpenSslConstants.VerifyErrorExpired; // whose alert says what is wrong
        }

        return trusted ? null : TlsVerifyFailure.Chain;
    }
}
