using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Proxy.Tls;

/// <summary>Reads simple ASN.1 values as text.</summary>
internal static class AsnText
{
    /// <summary>The next value as text; false where it has none, and then it is skipped.</summary>
    public static bool TryRead(AsnReader reader, out string text)
    {
        var tag = reader.PeekTag();
        text = "";
        if (tag.TagClass != TagClass.Universal)
        {
            reader.ReadEncodedValue();
            return false;
        }

        switch ((UniversalTagNumber)tag.TagValue)
        {
            case UniversalTagNumber.T61String:
                text = Encoding.Latin1.GetString(reader.ReadEncodedValue().Span[2..]);
                return true;
            case UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.NumericString
                or UniversalTagNumber.VisibleString or UniversalTagNumber.BMPString:
                text = reader.ReadCharacterString((UniversalTagNumber)tag.TagValue);
                return true;
            case UniversalTagNumber.Integer:
                text = reader.ReadInteger().ToString(CultureInfo.InvariantCulture);
                return true;
            case UniversalTagNumber.Boolean:
                text = reader.ReadBoolean() ? "true" : "false";
                return true;
            case UniversalTagNumber.ObjectIdentifier:
                text = reader.ReadObjectIdentifier();
                return true;
            default:
                reader.ReadEncodedValue();
                return false;
        }
    }
}
