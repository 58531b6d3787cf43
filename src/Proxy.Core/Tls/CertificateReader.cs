using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Proxy.Tls;

/// <summary>Reads certificates (RFC 5280, 4.1).</summary>
internal static class CertificateReader
{
    private const string SubjectAltNameOid = "2.5.29.17";

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag IssuerUniqueId = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag SubjectUniqueId = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>The fields of a certificate in DER; <see cref="CertificateFields.Unreadable"/> for what is none.</summary>
    public static CertificateFields Read(byte[] encoded)
    {
        try
        {
            return ReadFields(new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence().ReadSequence());
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException)
        {
            return CertificateFields.Unreadable;
        }
    }

    private static CertificateFields ReadFields(AsnReader certificate)
    {
        if (certificate.PeekTag().HasSameClassAndValue(Version))
        {
            certificate.ReadEncodedValue();
        }

        var serial = Convert.ToHexStringLower(certificate.ReadIntegerBytes().Span);
        certificate.ReadEncodedValue(); // signature algorithm
        var issuer = DistinguishedName.Read(certificate.ReadEncodedValue());
        var validity = certificate.ReadSequence();
        var (from, to) = (ReadTime(validity), ReadTime(validity));
        var subject = DistinguishedName.Read(certificate.ReadEncodedValue());
        var key = SHA256.HashData(certificate.ReadEncodedValue().Span);
        return new CertificateFields(subject.ToString(), subject.CommonName, issuer.ToString(), TrimSerial(serial), from, to, key, ReadAltNames(certificate));
    }

    // A positive number with its highest bit set has a zero in front.
    private static string TrimSerial(string serial) => serial.Length > 2 && serial.StartsWith("00", StringComparison.Ordinal) ? serial[2..] : serial;

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private static List<SubjectAltName> ReadAltNames(AsnReader certificate)
    {
        while (certificate.HasData)
        {
            var tag = certificate.PeekTag();
            if (!tag.HasSameClassAndValue(Extensions))
            {
                if (!tag.HasSameClassAndValue(IssuerUniqueId) && !tag.HasSameClassAndValue(SubjectUniqueId))
                {
                    break;
                }

                certificate.ReadEncodedValue();
                continue;
            }

            var extensions = certificate.ReadSequence(Extensions).ReadSequence();
            while (extensions.HasData)
            {
                var extension = extensions.ReadSequence();
                if (extension.ReadObjectIdentifier() == SubjectAltNameOid)
                {
                    return ReadNames(extension);
                }
            }
        }

        return [];
    }

    private static List<SubjectAltName> ReadNames(AsnReader extension)
    {
        if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
        {
            extension.ReadBoolean(); // critical
        }

        var names = new AsnReader(extension.ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
        var found = new List<SubjectAltName>();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            switch ((SubjectAltNameKind)tag.TagValue)
            {
                case SubjectAltNameKind.Email or SubjectAltNameKind.Dns or SubjectAltNameKind.Uri:
                    found.Add(new SubjectAltName((SubjectAltNameKind)tag.TagValue, Encoding.UTF8.GetString(names.ReadOctetString(tag))));
                    break;
                case SubjectAltNameKind.IpAddress:
                    AddAddress(found, names.ReadOctetString(tag));
                    break;
                case SubjectAltNameKind.Other:
                    AddOther(found, names.ReadSequence(tag));
                    break;
                default:
                    names.ReadEncodedValue();
                    break;
            }
        }

        return found;
    }

    private static void AddAddress(List<SubjectAltName> names, byte[] bytes)
    {
        if (bytes.Length is 4 or 16)
        {
            names.Add(new SubjectAltName(SubjectAltNameKind.IpAddress, new IPAddress(bytes).ToString()));
        }
    }

    private static void AddOther(List<SubjectAltName> names, AsnReader other)
    {
        var oid = other.ReadObjectIdentifier();
        var value = other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        if (value.HasData && AsnText.TryRead(value, out var text))
        {
            names.Add(new SubjectAltName(SubjectAltNameKind.Other, text, oid));
        }
    }
}
