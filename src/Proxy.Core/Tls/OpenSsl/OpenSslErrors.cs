using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Proxy.Tls.OpenSsl;

/// <summary>The errors that OpenSSL has queued on this thread.</summary>
internal readonly unsafe struct OpenSslErrors
{
    private const int LibrarySsl = 20;
    private const int ReasonPeerReturnedNoCertificate = 199;

    /// <summary>What the peer speaks is not TLS, worded as if OpenSSL had found it out.</summary>
    public const string WrongVersion = "TLS_error:|167772427:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end";

    /// <summary>An alert stands where a hello has to, likewise.</summary>
    public const string UnexpectedMessage = "TLS_error:|167772404:SSL routines:OPENSSL_internal:UNEXPECTED_MESSAGE:TLS_error_end";

    /// <summary>No version is left to speak, likewise.</summary>
    public const string NoVersion = "TLS_error:|167772351:SSL routines:OPENSSL_internal:NO_PROTOCOLS_AVAILABLE:TLS_error_end";

    /// <summary>The certificate of the peer is refused, likewise.</summary>
    public const string VerifyFailed = "TLS_error:|167772294:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end";

    /// <summary>The certificate of the peer must not be used so, likewise.</summary>
    public const string WrongKeyUsage = "TLS_error:|167772375:SSL routines:OPENSSL_internal:KEY_USAGE_BIT_INCORRECT:TLS_error_end";

    private OpenSslErrors(string text, bool isMissingCertificate)
    {
        Text = text;
        IsMissingCertificate = isMissingCertificate;
    }

    /// <summary>As Envoy words them: <c>TLS_error:|number:library:function:REASON:TLS_error_end</c>; empty for none.</summary>
    public string Text { get; }

    /// <summary>The peer has shown no certificate although it had to.</summary>
    public bool IsMissingCertificate { get; }

    /// <summary>Empties the queue.</summary>
    public static OpenSslErrors Take()
    {
        StringBuilder? text = null;
        var missing = false;
        for (var error = LibCrypto.NextError(); error != 0; error = LibCrypto.NextError())
        {
            var (library, reason) = ((int)((error >> 23) & 0xff), (int)(error & 0x7fffff));
            missing |= library == LibrarySsl && (reason & 0xfff) == ReasonPeerReturnedNoCertificate;
            text ??= new StringBuilder("TLS_error:");
            text.Append(CultureInfo.InvariantCulture, $"|{(ulong)error}:{(library == LibrarySsl ? "SSL routines" : "library " + library.ToString(CultureInfo.InvariantCulture))}:OPENSSL_internal:{Reason(error)}");
        }

        return new OpenSslErrors(text?.Append(":TLS_error_end").ToString() ?? "", missing);
    }

    /// <summary>The first error in words, for faults in configurations; empties the queue.</summary>
    public static string Describe()
    {
        var first = LibCrypto.NextError();
        LibCrypto.ClearErrors();
        return first == 0 ? "" : Words(first);
    }

    private static string Reason(nuint error) => Words(error).ToUpperInvariant().Replace(' ', '_');

    private static string Words(nuint error) =>
        Marshal.PtrToStringUTF8((nint)LibCrypto.ErrorReason(error)) ?? "error " + ((ulong)error).ToString(CultureInfo.InvariantCulture);
}
