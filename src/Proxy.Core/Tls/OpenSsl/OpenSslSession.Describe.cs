using System.Runtime.InteropServices;
using System.Text;

namespace Proxy.Tls.OpenSsl;

internal sealed unsafe partial class OpenSslSession
{
    public override TlsInfo Describe()
    {
        var peer = LibSsl.PeerCertificate(_ssl);
        return new TlsInfo
        {
            Version = Names.Of(LibSsl.Version(_ssl)),
            CipherSuite = Names.Of(LibSsl.CipherName(LibSsl.CurrentCipher(_ssl))),
            Curve = CurveName(),
            ApplicationProtocol = Protocol(),
            IsResumed = LibSsl.SessionReused(_ssl) == 1,
            SessionId = SessionId(),
            LocalCertificate = _context.Find(LibSsl.LocalCertificate(_ssl)),
            PeerCertificate = peer == 0 ? null : new TlsCertificateInfo(OpenSslCertificate.Encode(peer)),
            PeerChain = peer == 0 ? [] : Chain(peer),
            IsPeerValidated = peer != 0 && IsPeerValidated(),
        };
    }

    private bool IsPeerValidated() => LibSsl.SessionReused(_ssl) == 1 ? _context.Validates && LibSsl.VerifyResult(_ssl) == 0 : _validated;

    private string Protocol()
    {
        byte* name = null;
        uint length = 0;
        LibSsl.SelectedProtocol(_ssl, &name, &length);
        return length == 0 ? "" : Names.Of(new ReadOnlySpan<byte>(name, (int)length));
    }

    private ReadOnlyMemory<byte> SessionId()
    {
        var session = LibSsl.GetSession(_ssl);
        if (session == 0)
        {
            return default;
        }

        uint length = 0;
        var id = LibSsl.SessionId(session, &length);
        return new ReadOnlySpan<byte>(id, (int)length).ToArray();
    }

    // A server's view of the chain leaves the peer's own certificate out, a client's begins with it.
    private List<TlsCertificateInfo> Chain(nint peer)
    {
        var chain = new List<TlsCertificateInfo>();
        if (!_context.IsClient)
        {
            chain.Add(new TlsCertificateInfo(OpenSslCertificate.Encode(peer)));
        }

        var stack = LibSsl.PeerChain(_ssl);
        for (var i = 0; stack != 0 && i < LibCrypto.StackCount(stack); i++)
        {
            chain.Add(new TlsCertificateInfo(OpenSslCertificate.Encode(LibCrypto.StackItem(stack, i))));
        }

        return chain;
    }

    public override string PeerSignature
    {
        get
        {
            int type = 0, digest = 0;
            return LibSsl.PeerSignatureType(_ssl, &type) == OpenSslConstants.Ok
                && LibSsl.Control(_ssl, OpenSslConstants.ControlGetPeerSignatureDigest, 0, &digest) == OpenSslConstants.Ok
                ? SignatureName(type, digest)
                : "";
        }
    }

    // By the numbers that OpenSSL has for kinds of keys and for digests.
    private static string SignatureName(int type, int digest) => (type, digest) switch
    {
        (OpenSslConstants.KeyEc, 672) => "ecdsa_secp256r1_sha256",
        (OpenSslConstants.KeyEc, 673) => "ecdsa_secp384r1_sha384",
        (OpenSslConstants.KeyEc, 674) => "ecdsa_secp521r1_sha512",
        (OpenSslConstants.KeyEc, 64) => "ecdsa_sha1",
        (912, 672) => "rsa_pss_rsae_sha256",
        (912, 673) => "rsa_pss_rsae_sha384",
        (912, 674) => "rsa_pss_rsae_sha512",
        (OpenSslConstants.KeyRsa, 672) => "rsa_pkcs1_sha256",
        (OpenSslConstants.KeyRsa, 673) => "rsa_pkcs1_sha384",
        (OpenSslConstants.KeyRsa, 674) => "rsa_pkcs1_sha512",
        (OpenSslConstants.KeyRsa, 64) => "rsa_pkcs1_sha1",
        (1087, _) => "ed25519",
        _ => "",
    };

    private string CurveName() => (int)LibSsl.Control(_ssl, OpenSslConstants.ControlGetNegotiatedGroup, 0, null) switch
    {
        415 => "P-256",
        715 => "P-384",
        716 => "P-521",
        1034 => "X25519",
        1035 => "X448",
        0x1000000 + 0x11EC => "X25519MLKEM768", // a group that OpenSSL has no number of its own for: that of TLS
        _ => "",
    };

    /// <summary>Texts that come again with every handshake are made once.</summary>
    private static class Names
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<nint, string> Known = new();

        public static string Of(byte* constant) => constant == null ? "" : Known.GetOrAdd((nint)constant, static text => Marshal.PtrToStringUTF8(text) ?? "");

        public static string Of(ReadOnlySpan<byte> protocol) =>
            protocol.SequenceEqual("h2"u8) ? "h2" : protocol.SequenceEqual("http/1.1"u8) ? "http/1.1" : Encoding.Latin1.GetString(protocol);
    }
}
