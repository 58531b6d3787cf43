using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Proxy.Tls;

/// <summary>A name of a certificate, written as RFC 2253 says: last part first, special characters escaped.</summary>
internal sealed class DistinguishedName
{
    private const string CommonNameOid = "2.5.4.3";
    private const string Special = ",+\"\\<>;";

    private static readonly FrozenDictionary<string, string> ShortNames = new Dictionary<string, string>
    {
        [CommonNameOid] = "CN",
        ["2.5.4.4"] = "SN",
        ["2.5.4.5"] = "serialNumber",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "street",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.12"] = "title",
        ["2.5.4.13"] = "description",
        ["2.5.4.17"] = "postalCode",
        ["2.5.4.41"] = "name",
        ["2.5.4.42"] = "GN",
        ["2.5.4.43"] = "initials",
        ["2.5.4.44"] = "generationQualifier",
        ["2.5.4.46"] = "dnQualifier",
        ["2.5.4.65"] = "pseudonym",
        ["1.2.840.113549.1.9.1"] = "emailAddress",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<string> _parts = [];

    private DistinguishedName()
    {
    }

    /// <summary>The last common name, unescaped; empty for none.</summary>
    public string CommonName { get; private set; } = "";

    /// <summary>Reads a name in DER.</summary>
    public static DistinguishedName Read(ReadOnlyMemory<byte> encoded)
    {
        var name = new DistinguishedName();
        var sequence = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
        while (sequence.HasData)
        {
            name.Add(sequence.ReadSetOf());
        }

        return name;
    }

    public override string ToString() => string.Join(',', Enumerable.Reverse(_parts));

    private void Add(AsnReader set)
    {
        var values = new List<string>();
        while (set.HasData)
        {
            var pair = set.ReadSequence();
            var oid = pair.ReadObjectIdentifier();
            var raw = pair.PeekEncodedValue();
            var known = ShortNames.TryGetValue(oid, out var name);
            if (known && AsnText.TryRead(pair, out var text))
            {
                CommonName = oid == CommonNameOid ? text : CommonName;
                values.Add($"{name}={Escape(text)}");
            }
            else
            {
                values.Add($"{name ?? oid}=#{Convert.ToHexString(raw.Span)}");
            }
        }

        values.Reverse();
        _parts.Add(string.Join('+', values));
    }

    private static string Escape(string value)
    {
        var text = new StringBuilder();
        var bytes = Encoding.UTF8.GetBytes(value);
        for (var i = 0; i < bytes.Length; i++)
        {
            var letter = (char)bytes[i];
            if (letter is < ' ' or >= '\x7f')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{(int)letter:X2}");
                continue;
            }

            var edge = (i == 0 && letter is ('#' or ' ')) || (i == bytes.Length - 1 && letter == ' ');
            text.Append(edge || Special.Contains(letter) ? "\\" : "").Append(letter);
        }

        return text.ToString();
    }
}
