using System.Formats.Asn1;
using System.Security.Cryptography;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls;

/// <summary>An OCSP response that a server hands out with its certificate (RFC 6960).</summary>
/// <param name="Encoded">The response in DER.</param>
/// <param name="NextUpdate">When it is old; null for never.</param>
internal sealed record OcspStaple(byte[] Encoded, DateTimeOffset? NextUpdate)
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>It may be handed out at <paramref name="now"/>.</summary>
    public bool IsCurrent(DateTimeOffset now) => NextUpdate is not { } end || now < end;

    /// <summary>Reads a response and checks that it is about <paramref name="certificate"/>.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static OcspStaple Read(TlsBytes source, TlsCertificateInfo certificate)
    {
        var encoded = source.Bytes.AsSpan().ToArray();
        try
        {
            return new OcspStaple(encoded, ReadNextUpdate(encoded, certificate));
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new ConfigException("ocsp_staple", $"cannot be read: {e.Message}");
        }
    }

    private static DateTimeOffset? ReadNextUpdate(byte[] encoded, TlsCertificateInfo certificate)
    {
        var response = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
        if (!response.ReadEnumeratedBytes().Span.SequenceEqual("\0"u8))
        {
            throw new ConfigException("ocsp_staple", "OCSP response was unsuccessful");
        }

        var bytes = response.ReadSequence(Context0).ReadSequence();
        bytes.ReadObjectIdentifier();
        var data = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.BER).ReadSequence().ReadSequence();
        while (data.PeekTag() != Asn1Tag.GeneralizedTime)
        {
            data.ReadEncodedValue(); // version and responder
        }

        data.ReadEncodedValue(); // when it was made
        var responses = data.ReadSequence();
        var single = responses.ReadSequence();
        if (responses.HasData)
        {
            throw new ConfigException("ocsp_staple", "OCSP response must be about one certificate only");
        }

        var id = single.ReadSequence();
        id.ReadEncodedValue();
        id.ReadEncodedValue();
        id.ReadEncodedValue();
        if (!Convert.ToHexStringLower(id.ReadIntegerBytes().Span).TrimStart('0').Equals(certificate.SerialNumber.TrimStart('0'), StringComparison.Ordinal))
        {
            throw new ConfigException("ocsp_staple", "OCSP response does not match its TLS certificate");
        }

        single.ReadEncodedValue(); // status
        single.ReadEncodedValue(); // begin of its time
        return single.HasData && single.PeekTag().HasSameClassAndValue(Context0) ? single.ReadSequence(Context0).ReadGeneralizedTime() : null;
    }
}
